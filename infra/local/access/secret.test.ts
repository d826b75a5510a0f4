/** Where there is a secret, `owner` is nobody, and only who brings the secret is an administrator. */
import { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFirestore, type FirestoreServer } from '../firestore/server.ts';
import { startIdentity, type IdentityServer } from '../identity/server.ts';
import { startTasks } from '../tasks/server.ts';
import { accessOf } from './access.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none';
const SECRET = 'a-secret-of-this-installation';
const access = { administrators: [SECRET] };
const RULES = `service cloud.firestore { match /databases/{db}/documents { match /open/{id} { allow read; } } }`;
const DOCUMENTS = '/v1/projects/p/databases/(default)/documents';

let firestore: FirestoreServer;
let identity: IdentityServer;
beforeAll(async () => {
  [firestore, identity] = await Promise.all([
    startFirestore({ access, rules: RULES }),
    startIdentity({ access }),
  ]);
});
afterAll(() => Promise.all([firestore.close(), identity.close()]));

async function status(url: string, token: string | undefined, init: RequestInit = {}): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { ...init, headers });
  await answer.body?.cancel();
  return answer.status;
}

describe('documents', () => {
  const withClient = async <T>(
    token: string | undefined,
    work: (db: Firestore) => Promise<T>,
  ): Promise<T> => {
    const customHeaders = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
    const db = new Firestore({
      projectId: 'p',
      host: `127.0.0.1:${String(firestore.port)}`,
      ssl: false,
      ...(customHeaders && { customHeaders }),
    });
    try {
      return await work(db);
    } finally {
      await db.terminate();
    }
  };

  test('a server library brings it, or is refused', async () => {
    await withClient(SECRET, (db) => db.doc('closed/a').set({ a: 1 }));
    // UNAUTHENTICATED: the client's own `owner` is no token here.
    await expect(withClient(undefined, (db) => db.doc('closed/a').get())).rejects.toMatchObject({ code: 16 });
    expect((await withClient(SECRET, (db) => db.doc('closed/a').get())).exists).toBe(true);
  });

  test('REST, and deleting all of them', async () => {
    const closed = `${firestore.url}${DOCUMENTS}/closed/a`;
    expect([
      await status(closed, SECRET),
      await status(closed, 'owner'),
      await status(closed, undefined),
    ]).toEqual([200, 401, 403]);
    const all = `${firestore.url}/emulator${DOCUMENTS}`;
    const clear = (token?: string): Promise<number> => status(all, token, { method: 'DELETE' });
    expect([await clear(), await clear('owner')]).toEqual([401, 401]);
    expect(await status(closed, SECRET)).toBe(200);
    expect(await clear(SECRET)).toBe(200);
    expect(await status(closed, SECRET)).toBe(404);
  });
});

describe('accounts', () => {
  const lookUp = (token?: string): Promise<number> =>
    status(`${identity.url}/identitytoolkit.googleapis.com/v1/projects/p/accounts:query`, token, {
      method: 'POST',
      body: '{}',
    });

  test('an administrator’s calls', async () => {
    expect([await lookUp(SECRET), await lookUp('owner'), await lookUp()]).toEqual([200, 401, 401]);
  });

  test('deleting all of them needs credentials, with a secret and without', async () => {
    const open = await startIdentity();
    const clear = (server: IdentityServer, token?: string): Promise<number> =>
      status(`${server.url}/emulator/v1/projects/p/accounts`, token, { method: 'DELETE' });
    try {
      expect([await clear(identity), await clear(identity, 'owner'), await clear(identity, SECRET)]).toEqual([
        401, 401, 200,
      ]);
      expect([await clear(open), await clear(open, 'owner')]).toEqual([401, 200]);
    } finally {
      await open.close();
    }
  });
});

test('copies for backups', async () => {
  const tasks = await startTasks({ access });
  try {
    for (const { url } of [tasks, firestore, identity]) {
      const copy = (token: string): Promise<number> =>
        status(`${url}/_/backup?into=x`, token, { method: 'POST' });
      // 409: there is nothing to copy.
      expect([await copy('owner'), await copy(SECRET)]).toEqual([401, 409]);
    }
  } finally {
    await tasks.close();
  }
});

test('a flag lets `owner` in beside the secret; without a secret it always is', () => {
  const env = { LOCAL_CLOUD_SECRET: SECRET };
  expect(accessOf({}, env).administrators).toEqual([SECRET]);
  expect(accessOf({ 'accept-owner': true }, env).administrators).toEqual([SECRET, 'owner']);
  expect(accessOf({}, {}).administrators).toEqual(['owner']);
});
