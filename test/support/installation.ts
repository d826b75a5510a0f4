import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Firestore } from '@google-cloud/firestore';
import { RUNS } from '@longrun/shared';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import { verifyRun } from '../../functions/src/runtime/runs/verify-run.ts';
import type { Addresses } from './stack.ts';

const DEV = fileURLToPath(new URL('../../infra/dev/', import.meta.url));

/** The end of `npm run NAME`, for one of the commands in infra/dev, on the data folder. */
export function command(
  name: string,
  data: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, LONGRUN_DATA: data, METADATA_SERVER_DETECTION: 'none' };
  return new Promise((resolve) => {
    execFile(process.execPath, [`${DEV}${name}.ts`, ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

/** Every invariant that a stored run violates, and how many runs there are. */
export function violations(at: Addresses): Promise<{ runs: number; violated: string[] }> {
  return withFirestore(at, async (db) => {
    const runs = await db.collectionGroup(RUNS).get();
    const documents = firestoreDocuments(db);
    const violated: string[] = [];
    for (const { id, ref } of runs.docs) {
      const { findings = [] } = (await verifyRun(documents, id, ref.parent.parent?.id)) ?? {};
      for (const finding of findings) {
        violated.push(...(finding.violations ?? []).map((text) => `${id}: ${text}`));
      }
    }
    return { runs: runs.size, violated };
  });
}

/** Makes a run's document say something that its log does not. */
export function corrupt(at: Addresses, path: string): Promise<unknown> {
  return withFirestore(at, (db) => db.doc(path).update({ steps_done: 99 }));
}

async function withFirestore<T>(at: Addresses, work: (db: Firestore) => Promise<T>): Promise<T> {
  process.env['METADATA_SERVER_DETECTION'] ??= 'none';
  const db = new Firestore({
    projectId: at.project,
    host: new URL(at.firestore).host,
    ssl: false,
    customHeaders: { Authorization: at.administrator },
  });
  try {
    return await work(db);
  } finally {
    await db.terminate();
  }
}

/** The person whom `signIn` knows. */
export const EMAIL = 'ada@example.org';
export const PASSWORD = 'correct horse';

/** An account with an address and a password; `signIn` gives a token of it, or throws. */
export async function signIn(at: Addresses, method: 'signUp' | 'signInWithPassword'): Promise<string> {
  const response = await fetch(
    `${at.identity}/identitytoolkit.googleapis.com/v1/accounts:${method}?key=local`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: EMAIL, password: PASSWORD, returnSecureToken: true }),
    },
  );
  const { idToken, error } = (await response.json()) as { idToken?: string; error?: unknown };
  if (idToken === undefined) throw new Error(`${method} failed: ${JSON.stringify(error)}`);
  return idToken;
}
