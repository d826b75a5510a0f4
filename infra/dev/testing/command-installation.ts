import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll } from 'vitest';
import { firestoreDocuments } from '../../../functions/src/adapters/firestore/documents.ts';
import { listAudit } from '../../../functions/src/admin/audit.ts';
import type { Documents } from '../../../functions/src/ports/documents.ts';
import { startFirestore, type FirestoreServer } from '../../local/firestore/server.ts';
import { startIdentity, type IdentityServer } from '../../local/identity/server.ts';

const INDEXES = new URL('../../firestore/firestore.indexes.json', import.meta.url);
const PROJECT = 'demo-longrun';

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** What an operator's command finds of an installation that runs: its folder, its stores and its accounts. */
export interface CommandInstallation {
  readonly documents: Documents;
  /** Runs the command with that folder of data; default: the installation's. */
  run(args: readonly string[], folder?: string): Promise<Ended>;
  /** Asks the identity server as an administrator. */
  post(path: string, body: object): Promise<Record<string, unknown>>;
  signUp(body: object): Promise<string>;
  audit(): Promise<Awaited<ReturnType<typeof listAudit>>['entries']>;
}

/** For a file of tests of the command `infra/dev/{name}.ts`. */
export function useInstallation(name: string): CommandInstallation {
  let data: string;
  let identity: IdentityServer;
  let store: FirestoreServer;
  let db: Firestore;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), `${name}-`));
    // With the indexes that production has: a query that needs another one fails here too.
    const indexes = await readFile(INDEXES, 'utf8');
    [identity, store] = await Promise.all([startIdentity(), startFirestore({ indexes })]);
    const firestore = `http://127.0.0.1:${store.port}`;
    const addresses = { identity: identity.url, firestore, project: PROJECT };
    await writeFile(join(data, 'addresses.json'), JSON.stringify(addresses));
    db = new Firestore({
      projectId: PROJECT,
      host: `127.0.0.1:${store.port}`,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
    });
  });
  afterAll(async () => {
    await db.terminate();
    await Promise.all([identity.close(), store.close()]);
    await rm(data, { recursive: true, force: true });
  });
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${identity.url}/identitytoolkit.googleapis.com/v1/${path}?key=k`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer owner' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  return {
    get documents() {
      return firestoreDocuments(db);
    },
    run(args, folder = data) {
      const { GOOGLE_CLOUD_PROJECT: _, ...others } = process.env;
      const env = { ...others, LONGRUN_DATA: folder };
      const file = join(import.meta.dirname, '..', `${name}.ts`);
      return new Promise((resolve) => {
        execFile(process.execPath, [file, ...args], { env }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), out, err }),
        );
      });
    },
    post,
    signUp: async (body) => String((await post('accounts:signUp', body))['localId']),
    audit: async () => (await listAudit(firestoreDocuments(db), { limit: 100 })).entries,
  };
}
