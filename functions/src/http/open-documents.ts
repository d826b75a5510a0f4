import type { Config } from '../config/config.ts';
import type { Documents } from '../ports/documents.ts';

/** The clients are most of a cold start, so they are loaded when this is called. */
export async function openDocuments(config: Config): Promise<Documents> {
  const [{ Firestore }, { firestoreDocuments }] = await Promise.all([
    import('@google-cloud/firestore'),
    import('../adapters/firestore/documents.ts'),
  ]);
  return firestoreDocuments(
    new Firestore({
      projectId: config.GOOGLE_CLOUD_PROJECT,
      databaseId: config.FIRESTORE_DATABASE,
      ignoreUndefinedProperties: true,
    }),
  );
}
