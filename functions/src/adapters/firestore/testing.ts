import { Firestore } from '@google-cloud/firestore';
import { startFirestore, type FirestoreOptions } from '../../../../infra/local/firestore/server.ts';
import type { Documents } from '../../ports/documents.ts';
import { firestoreDocuments } from './documents.ts';

/** The real client against an embedded Firestore of its own, in memory. */
export async function openEmbedded(
  options: FirestoreOptions = {},
): Promise<{ documents: Documents; db: Firestore; close(): Promise<void> }> {
  const server = await startFirestore(options);
  const db = new Firestore({
    projectId: 'demo-local',
    host: `127.0.0.1:${server.port}`,
    ssl: false,
    // As for an emulator: any token will do, and none is looked for.
    customHeaders: { Authorization: 'Bearer owner' },
  });
  return {
    documents: firestoreDocuments(db),
    db,
    close: async () => {
      await db.terminate();
      await server.close();
    },
  };
}
