import { getAuth } from 'firebase-admin/auth';
import { initializeApp } from 'firebase-admin/app';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startIdentity, type IdentityServer } from '../../../../infra/local/identity/server.ts';
import { FIRST_ADMIN } from '../paths.ts';
import { PROJECT, serveAdmin } from './testing.ts';

let identity: IdentityServer;
const auth = () => getAuth(initializeApp({ projectId: PROJECT }, 'test'));

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  identity = await startIdentity({ project: PROJECT });
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity.url).host;
});
afterAll(async () => {
  await identity.close();
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  vi.restoreAllMocks();
});

describe('the first administrator', () => {
  const fresh = async (env: Record<string, string> = {}) => {
    for (const { uid } of (await auth().listUsers()).users) await auth().deleteUser(uid);
    return serveAdmin(identity, { env });
  };

  test('the first user of a local installation becomes one by asking, and the next does not', async () => {
    const local = await fresh();
    const [first, second] = [await local.newUser(), await local.newUser()];
    expect((await first.call('GET', '/me')).body).toEqual({ admin: false, claimable: true });
    expect(await first.call('POST', '/claim', {})).toEqual({
      status: 200,
      body: { admin: true, claimable: false },
    });
    expect((await first.call('GET', '/me')).body).toEqual({ admin: true, claimable: false });
    expect((await second.call('GET', '/me')).body).toEqual({ admin: false, claimable: false });
    expect(await second.call('POST', '/claim', {})).toMatchObject({ status: 403 });
    expect((await first.call('POST', '/claim', {})).status).toBe(200);
    const { entries } = (await first.call('GET', '/audit')).body as { entries: object[] };
    expect(entries).toMatchObject([
      { action: 'grant_admin', outcome: 'succeeded', target: first.uid, by: { uid: first.uid } },
      { action: 'grant_admin', outcome: 'started', target: first.uid },
    ]);
    await local.close();
  });

  test('two who claim at once -> exactly one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const local = await fresh();
      const people = await Promise.all([local.newUser(), local.newUser(), local.newUser()]);
      const answers = await Promise.all(people.map((person) => person.call('POST', '/claim', {})));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403, 403]);
      const admins = (await auth().listUsers()).users.filter((user) => user.customClaims?.['admin'] === true);
      expect(admins.map(({ uid }) => uid)).toEqual([
        people[answers.findIndex(({ status }) => status === 200)]?.uid,
      ]);
      await local.close();
    }
  });

  test('noted as the first and killed before the claim was set -> that person, and no other, may ask again', async () => {
    const local = await fresh();
    const [first, second] = [await local.newUser(), await local.newUser()];
    await local.store.documents.commit([
      { op: 'create', path: FIRST_ADMIN, fields: { uid: first.uid, at: '' } },
    ]);
    expect(await second.call('POST', '/claim', {})).toMatchObject({ status: 403 });
    expect(await first.call('POST', '/claim', {})).toMatchObject({ status: 200 });
    await local.close();
  });

  test('somebody is one already, made by the command -> nothing to claim', async () => {
    const local = await fresh();
    await local.newAdmin();
    expect((await (await local.newUser()).call('GET', '/me')).body).toEqual({
      admin: false,
      claimable: false,
    });
    await local.close();
  });

  test.each([
    { LONGRUN_STORAGE: 'firestore' },
    { LONGRUN_STORAGE: 'emulator' },
    { FIREBASE_AUTH_EMULATOR_HOST: '' },
  ])('not with %j', async (env) => {
    const deployed = await fresh(env);
    const user = await deployed.newUser();
    expect((await user.call('GET', '/me')).body).toEqual({ admin: false, claimable: false });
    expect(await user.call('POST', '/claim', {})).toMatchObject({ status: 403 });
    await deployed.close();
  });
});
