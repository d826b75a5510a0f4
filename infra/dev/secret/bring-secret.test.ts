import { request } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore } from '@google-cloud/firestore';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFirestore, type FirestoreServer } from '../../local/firestore/server.ts';
import { startIdentity, type IdentityServer } from '../../local/identity/server.ts';
import { actAsAdministrator, administratorOf, installationSecret } from './installation-secret.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none';

let data: string;
let firestore: FirestoreServer;
let identity: IdentityServer;
let other: IdentityServer;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'secret-'));
  const access = { administrators: [await installationSecret(data)] };
  [firestore, identity, other] = await Promise.all([
    startFirestore({ access }),
    startIdentity({ access }),
    startIdentity({ access }),
  ]);
  await actAsAdministrator(data, [firestore.url, identity.url]);
});
afterAll(async () => {
  await Promise.all([firestore.close(), identity.close(), other.close()]);
  await rm(data, { recursive: true, force: true });
});

const LIST = '/identitytoolkit.googleapis.com/v1/projects/p/accounts:batchGet';
const OWNER = { authorization: 'Bearer owner' };

test('it is made once, and for its owner’s eyes only', async () => {
  expect(await installationSecret(data)).toBe(await administratorOf(data));
  expect((await stat(join(data, 'secret'))).mode & 0o777).toBe(0o600);
  expect(await administratorOf(join(data, 'nowhere'))).toBe('owner');
});

test('Google’s clients, which know of no secret, are administrators', async () => {
  process.env['FIRESTORE_EMULATOR_HOST'] = new URL(firestore.url).host;
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity.url).host;
  const db = new Firestore({ projectId: 'p' });
  const app = initializeApp({ projectId: 'p' }, 'secret');
  try {
    await db.doc('a/b').set({ n: 1 });
    expect((await db.doc('a/b').get()).data()).toEqual({ n: 1 });
    await getAuth(app).createUser({ uid: 'ann' });
    expect((await getAuth(app).listUsers()).users.map(({ uid }) => uid)).toEqual(['ann']);
  } finally {
    await Promise.all([db.terminate(), deleteApp(app)]);
  }
});

test('fetch, and plain HTTP', async () => {
  expect((await fetch(identity.url + LIST, { headers: OWNER })).status).toBe(200);
  const sent = request(identity.url + LIST, { headers: OWNER }).end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  expect(answer.statusCode).toBe(200);
});

test('no other server is told it, and no other token is replaced', async () => {
  expect((await fetch(other.url + LIST, { headers: OWNER })).status).toBe(401);
  const wrong = { authorization: 'Bearer something' };
  expect((await fetch(identity.url + LIST, { headers: wrong })).status).toBe(401);
});
