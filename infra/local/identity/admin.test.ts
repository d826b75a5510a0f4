import * as web from 'firebase/auth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
let now: number;
beforeEach(async () => {
  now = Date.now();
  clients = await startClients({ now: () => now });
});
afterEach(() => clients.close());

describe('an administrator', () => {
  test('sets claims: they appear with the next refresh', async () => {
    const { user } = await web.signInAnonymously(clients.web());
    await clients.admin.setCustomUserClaims(user.uid, { admin: true, level: 3 });
    expect((await user.getIdTokenResult()).claims['admin']).toBeUndefined();
    expect((await user.getIdTokenResult(true)).claims).toMatchObject({ admin: true, level: 3 });
    await clients.admin.setCustomUserClaims(user.uid, null);
    expect((await user.getIdTokenResult(true)).claims['admin']).toBeUndefined();
  });

  test('revokes: old tokens fail the revocation check, sessions end', async () => {
    const { user } = await web.signInAnonymously(clients.web());
    const token = await user.getIdToken();
    now += 2_000;
    await clients.admin.updateUser(user.uid, { displayName: 'still here' });
    await clients.admin.verifyIdToken(token, true);
    await clients.call(
      `/identitytoolkit.googleapis.com/v1/projects/${PROJECT}/accounts:update`,
      { localId: user.uid, validSince: String(Math.floor(now / 1000)) },
      { Authorization: 'Bearer owner' },
    );
    await expect(clients.admin.verifyIdToken(token, true)).rejects.toMatchObject({
      code: 'auth/id-token-revoked',
    });
    await expect(user.getIdToken(true)).rejects.toMatchObject({ code: 'auth/user-token-expired' });
  });

  test('revokeRefreshTokens ends the session', async () => {
    const { user } = await web.signInAnonymously(clients.web());
    await clients.admin.revokeRefreshTokens(user.uid);
    await expect(user.getIdToken(true)).rejects.toMatchObject({ code: 'auth/user-token-expired' });
  });

  test('disables: no refresh, no sign-in, verification fails; enabling lets the person back in', async () => {
    const { uid } = await clients.admin.createUser({ email: 'ada@example.com', password: 'first-secret' });
    const { user } = await web.signInWithEmailAndPassword(clients.web(), 'ada@example.com', 'first-secret');
    const token = await user.getIdToken();
    await clients.admin.updateUser(uid, { disabled: true });
    await expect(clients.admin.verifyIdToken(token, true)).rejects.toMatchObject({
      code: 'auth/user-disabled',
    });
    await expect(user.getIdToken(true)).rejects.toMatchObject({ code: 'auth/user-disabled' });
    const signIn = () => web.signInWithEmailAndPassword(clients.web(), 'ada@example.com', 'first-secret');
    await expect(signIn()).rejects.toMatchObject({ code: 'auth/user-disabled' });
    await clients.admin.updateUser(uid, { disabled: false });
    expect((await signIn()).user.uid).toBe(uid);
  });

  test('creates, reads and updates an account with an id of its own choice', async () => {
    const created = await clients.admin.createUser({
      uid: 'chosen',
      email: 'Ada@example.com',
      emailVerified: true,
      displayName: 'Ada',
      photoURL: 'http://localhost/ada.png',
    });
    expect(created).toMatchObject({ uid: 'chosen', email: 'ada@example.com', emailVerified: true });
    expect(await clients.admin.getUserByEmail('ADA@example.com')).toMatchObject({ uid: 'chosen' });
    const updated = await clients.admin.updateUser('chosen', {
      displayName: null,
      providerToLink: { providerId: 'google.com', uid: '1001', email: 'ada@example.com' },
    });
    expect(updated.displayName).toBeUndefined();
    const found = await clients.admin.getUserByProviderUid('google.com', '1001');
    expect(found.providerData.map(({ providerId }) => providerId)).toEqual(['google.com']);
    await expect(clients.admin.createUser({ uid: 'chosen' })).rejects.toMatchObject({
      code: 'auth/uid-already-exists',
    });
    await expect(clients.admin.createUser({ email: 'ada@example.com' })).rejects.toMatchObject({
      code: 'auth/email-already-exists',
    });
  });

  test('reads several at once and learns who is missing', async () => {
    await clients.admin.createUser({ uid: 'a' });
    const { users, notFound } = await clients.admin.getUsers([{ uid: 'a' }, { email: 'no@example.com' }]);
    expect(users.map(({ uid }) => uid)).toEqual(['a']);
    expect(notFound).toEqual([{ email: 'no@example.com' }]);
    await expect(clients.admin.getUser('b')).rejects.toMatchObject({ code: 'auth/user-not-found' });
  });

  test('lists page by page, deletes one, deletes many', async () => {
    for (const uid of ['a', 'b', 'c', 'd', 'e']) await clients.admin.createUser({ uid });
    const first = await clients.admin.listUsers(2);
    const second = await clients.admin.listUsers(2, first.pageToken);
    const third = await clients.admin.listUsers(2, second.pageToken);
    expect([first, second, third].flatMap(({ users }) => users.map(({ uid }) => uid))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(third.pageToken).toBeUndefined();
    await clients.admin.deleteUser('a');
    await expect(clients.admin.deleteUser('a')).rejects.toMatchObject({ code: 'auth/user-not-found' });
    expect(await clients.admin.deleteUsers(['b', 'c', 'missing'])).toMatchObject({
      successCount: 3,
      failureCount: 0,
    });
    expect((await clients.admin.listUsers()).users.map(({ uid }) => uid)).toEqual(['d', 'e']);
  });

  test('imports accounts, each on its own', async () => {
    const result = await clients.admin.importUsers([
      { uid: 'ada', email: 'ada@example.com', customClaims: { admin: true } },
      { uid: 'twin', email: 'ada@example.com' },
      { uid: 'fed', providerData: [{ uid: '1001', providerId: 'google.com' }] },
    ]);
    expect(result).toMatchObject({ successCount: 2, failureCount: 1, errors: [{ index: 1 }] });
    expect((await clients.admin.getUser('ada')).customClaims).toEqual({ admin: true });
    expect((await clients.admin.getUserByProviderUid('google.com', '1001')).uid).toBe('fed');
  });

  test('moves password accounts: what listUsers gives out, importUsers takes in', async () => {
    await clients.admin.createUser({ uid: 'ada', email: 'ada@example.com', password: 'first-secret' });
    const { users } = await clients.admin.listUsers();
    await clients.admin.deleteUser('ada');
    const moved = users.map(({ uid, email, passwordHash, passwordSalt }) => ({
      uid,
      email: email ?? '',
      passwordHash: Buffer.from(passwordHash ?? '', 'base64url'),
      passwordSalt: Buffer.from(passwordSalt ?? '', 'base64url'),
    }));
    const result = await clients.admin.importUsers(moved, {
      hash: {
        algorithm: 'STANDARD_SCRYPT',
        memoryCost: 16_384,
        blockSize: 8,
        parallelization: 1,
        derivedKeyLength: 32,
      },
    });
    expect(result.errors).toEqual([]);
    const { user } = await web.signInWithEmailAndPassword(clients.web(), 'ada@example.com', 'first-secret');
    expect(user.uid).toBe('ada');
  });

  test('claims of a custom token win over those of the account', async () => {
    const { user } = await web.signInWithCustomToken(
      clients.web(),
      await clients.admin.createCustomToken('someone', { tier: 'gold' }),
    );
    await clients.admin.setCustomUserClaims(user.uid, { tier: 'lead', level: 3 });
    expect((await user.getIdTokenResult(true)).claims).toMatchObject({ tier: 'gold', level: 3 });
  });

  test('signs custom tokens: their claims stay with the session', async () => {
    const auth = clients.web();
    const token = await clients.admin.createCustomToken('from-elsewhere', { tier: 'gold' });
    const { user } = await web.signInWithCustomToken(auth, token);
    expect(user.uid).toBe('from-elsewhere');
    const { claims, signInProvider } = await user.getIdTokenResult(true);
    expect({ tier: claims['tier'], signInProvider }).toEqual({ tier: 'gold', signInProvider: 'custom' });
    await expect(web.signInWithCustomToken(auth, 'not a token')).rejects.toMatchObject({
      code: 'auth/invalid-custom-token',
    });
  });

  test('makes session cookies', async () => {
    const { user } = await web.signInAnonymously(clients.web());
    const cookie = await clients.admin.createSessionCookie(await user.getIdToken(), { expiresIn: 600_000 });
    const claims = await clients.admin.verifySessionCookie(cookie, true);
    expect(claims).toMatchObject({ uid: user.uid, iss: `https://session.firebase.google.com/${PROJECT}` });
    expect(claims.exp - claims.iat).toBe(600);
  });

  test.each([
    ['reserved', { sub: 'someone' }, 'auth/forbidden-claim'],
    ['too large', { text: 'x'.repeat(1_001) }, 'auth/claims-too-large'],
  ])('cannot set %s claims', async (_, claims, code) => {
    await clients.admin.createUser({ uid: 'a' });
    const request = clients.call(
      `/identitytoolkit.googleapis.com/v1/projects/${PROJECT}/accounts:update`,
      { localId: 'a', customAttributes: JSON.stringify(claims) },
      { Authorization: 'Bearer owner' },
    );
    const message = (await request).body.error?.message ?? '';
    expect(`auth/${message.split(' ')[0]?.toLowerCase().replaceAll('_', '-')}`).toBe(code);
  });
});

test('a token of yesterday is expired', async () => {
  const { user } = await web.signInAnonymously(clients.web());
  const idToken = await user.getIdToken();
  now += 3_600_000;
  const lookup = await clients.call('/identitytoolkit.googleapis.com/v1/accounts:lookup', { idToken });
  expect(lookup.body.error?.message).toBe('TOKEN_EXPIRED');
});
