/**
 * What the suite runs on: one build of the `firebase` SDK against a server of its own. The browser's build speaks WebChannel
 * and REST, Node's gRPC. Both in one process would take each other's place, so each has its own test file.
 */
import type { initializeApp } from 'firebase/app';
import type * as FirestoreSdk from 'firebase/firestore';
import type { CollectionReference, DocumentData, Firestore } from 'firebase/firestore';
import { afterAll, beforeAll } from 'vitest';
import { startFirestore } from '../../server.ts';
import type { FirestoreServer } from '../../server.ts';

export interface Build {
  readonly sdk: typeof FirestoreSdk;
  readonly initializeApp: typeof initializeApp;
}

export interface Bench {
  readonly sdk: typeof FirestoreSdk;
  /** The client under test; there from `beforeAll` on. */
  readonly db: Firestore;
  /** Another client, which shares no cache with the first. */
  readonly other: Firestore;
  /** `host:port` of the server. */
  readonly address: string;
  /** A collection that nobody else uses. */
  own(): CollectionReference;
  /** The same, with documents that the other client wrote: the one under test knows nothing of them. */
  seed(documents: Readonly<Record<string, DocumentData>>): Promise<CollectionReference>;
}

let clients = 0;
let collections = 0;

export function bench({ sdk, initializeApp }: Build): Bench {
  let server: FirestoreServer;
  const made: Firestore[] = [];
  beforeAll(async () => {
    sdk.setLogLevel('silent');
    server = await startFirestore();
    for (const _ of ['db', 'other']) {
      const app = initializeApp({ projectId: 'p', apiKey: 'k' }, `client-${String((clients += 1))}`);
      const db = sdk.initializeFirestore(app, {});
      sdk.connectFirestoreEmulator(db, '127.0.0.1', server.port);
      made.push(db);
    }
  });
  afterAll(async () => {
    await Promise.all(made.map((db) => sdk.terminate(db)));
    await server.close();
  });
  const client = (index: number): Firestore => {
    const db = made[index];
    if (!db) throw new Error('the clients are made in beforeAll');
    return db;
  };
  const path = (): string => `c${String((collections += 1))}`;
  return {
    sdk,
    get db() {
      return client(0);
    },
    get other() {
      return client(1);
    },
    get address() {
      return `127.0.0.1:${String(server.port)}`;
    },
    own: () => sdk.collection(client(0), path()),
    async seed(documents) {
      const at = path();
      const batch = sdk.writeBatch(client(1));
      for (const [id, data] of Object.entries(documents)) batch.set(sdk.doc(client(1), at, id), data);
      await batch.commit();
      return sdk.collection(client(0), at);
    },
  };
}

/** `done`, or the code that the SDK gives the error. */
export const outcome = (pending: Promise<unknown>): Promise<string> =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
