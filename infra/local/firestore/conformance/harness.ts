/** The real client library against a real server, one of each per test file. */
import { Firestore } from '@google-cloud/firestore';
import type { CollectionReference, Settings } from '@google-cloud/firestore';
import { afterAll } from 'vitest';
import { startFirestore } from '../server.ts';
import type { FirestoreOptions, FirestoreServer } from '../server.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none';

export interface Harness {
  readonly server: FirestoreServer;
  readonly db: Firestore;
  /** A collection that nobody else uses. */
  collection(): CollectionReference;
  /** Another client of the same server. */
  connect(settings?: Settings): Firestore;
}

let count = 0;

/** Defects of the server fail the test run: they are thrown where nobody catches them. */
export async function start(options: FirestoreOptions = {}): Promise<Harness> {
  const server = await startFirestore({
    onDefect: (error) => {
      queueMicrotask(() => {
        throw error;
      });
    },
    ...options,
  });
  const clients: Firestore[] = [];
  const connect = (settings: Settings = {}): Firestore => {
    const client = new Firestore({
      projectId: 'demo',
      host: `127.0.0.1:${String(server.port)}`,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
      ...settings,
    });
    clients.push(client);
    return client;
  };
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.terminate()));
    await server.close();
  });
  const db = connect();
  return { server, db, connect, collection: () => db.collection(`c${String((count += 1))}`) };
}

/** The code of what a promise rejects with; undefined when it resolves. */
export async function codeOf(pending: Promise<unknown>): Promise<unknown> {
  try {
    await pending;
    return undefined;
  } catch (error) {
    return error instanceof Error ? Reflect.get(error, 'code') : error;
  }
}

export const CODE = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
} as const;
