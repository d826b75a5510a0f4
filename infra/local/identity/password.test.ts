import * as web from 'firebase/auth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
let now: number;
beforeEach(async () => {
  now = Date.now();
  clients = await startClients({ now: () => now });
});
afterEach(() => clients.close());

const EMAIL = 'ada@example.com';

async function register(auth = clients.web()): Promise<web.User> {
  return (await web.createUserWithEmailAndPassword(auth, EMAIL, 'first-secret')).user;
}

async function mailBox(): Promise<{ oobCode: string; requestType: string; email: string }[]> {
  const response = await fetch(`${clients.server.url}/emulator/v1/projects/${PROJECT}/oobCodes`);
  const body = (await response.json()) as {
    oobCodes: { oobCode: string; requestType: string; email: string }[];
  };
  return body.oobCodes;
}

async function lastCode(): Promise<string> {
  return (await mailBox()).at(-1)?.oobCode ?? '';
}

describe('sign in with a password', () => {
  test('the account is found by any spelling of its address', async () => {
    const { uid } = await register();
    const { user } = await web.signInWithEmailAndPassword(clients.web(), 'ADA@Example.com', 'first-secret');
    expect(user).toMatchObject({ uid, email: EMAIL, emailVerified: false });
    expect(user.providerData.map(({ providerId }) => providerId)).toEqual(['password']);
  });

  test.each([
    ['a wrong password', EMAIL, 'wrong-secret', 'auth/wrong-password'],
    ['an unknown address', 'bob@example.com', 'first-secret', 'auth/user-not-found'],
    ['no address', 'not an address', 'first-secret', 'auth/invalid-email'],
  ])('%s is refused', async (_, email, password, code) => {
    await register();
    await expect(web.signInWithEmailAndPassword(clients.web(), email, password)).rejects.toMatchObject({
      code,
    });
  });

  test('with enumeration protection both are "invalid credentials"', async () => {
    await register();
    await fetch(`${clients.server.url}/emulator/v1/projects/${PROJECT}/config`, {
      method: 'PATCH',
      body: JSON.stringify({ emailPrivacyConfig: { enableImprovedEmailPrivacy: true } }),
    });
    for (const email of [EMAIL, 'bob@example.com']) {
      const attempt = web.signInWithEmailAndPassword(clients.web(), email, 'wrong-secret');
      await expect(attempt).rejects.toMatchObject({ code: 'auth/invalid-credential' });
    }
    expect(await web.fetchSignInMethodsForEmail(clients.web(), EMAIL)).toEqual([]);
  });

  test('a weak password and a taken address are refused at sign-up', async () => {
    await register();
    const auth = clients.web();
    await expect(web.createUserWithEmailAndPassword(auth, 'b@example.com', 'short')).rejects.toMatchObject({
      code: 'auth/weak-password',
    });
    await expect(
      web.createUserWithEmailAndPassword(auth, 'Ada@example.com', 'secret-2'),
    ).rejects.toMatchObject({
      code: 'auth/email-already-in-use',
    });
  });

  test('guessing is slowed down after 30 wrong passwords', async () => {
    await register();
    const guess = (password: string) =>
      clients.call(`${TOOLKIT}/accounts:signInWithPassword`, { email: EMAIL, password });
    for (let i = 0; i < 30; i += 1) expect((await guess('wrong-secret')).status).toBe(400);
    expect(await guess('first-secret')).toMatchObject({
      status: 429,
      body: { error: { message: 'TOO_MANY_ATTEMPTS_TRY_LATER' } },
    });
    now += 10_000;
    expect((await guess('first-secret')).status).toBe(200);
  });

  test('the password is stored as a salted hash that nobody but an administrator sees', async () => {
    const user = await register();
    const own = await clients.call(`${TOOLKIT}/accounts:lookup`, { idToken: await user.getIdToken() });
    expect(own.body['users']).toMatchObject([{ passwordHash: 'UkVEQUNURUQ=' }]);
    const seen = await clients.call(`${TOOLKIT}/accounts:lookup`, { localId: [user.uid] }, OWNER);
    expect(JSON.stringify(seen.body)).not.toContain('first-secret');
  });
});

describe('the user changes the account', () => {
  test('profile', async () => {
    const auth = clients.web();
    const user = await register(auth);
    await web.updateProfile(user, { displayName: 'Ada', photoURL: 'http://localhost/ada.png' });
    await user.reload();
    expect(user).toMatchObject({ displayName: 'Ada', photoURL: 'http://localhost/ada.png' });
    const token = await clients.admin.verifyIdToken(await user.getIdToken(true));
    expect(token).toMatchObject({ name: 'Ada', picture: 'http://localhost/ada.png', email: EMAIL });
    await web.updateProfile(user, { displayName: '' });
    await user.reload();
    expect(user.displayName).toBeNull();
  });

  test('a new password ends every other session, not this one', async () => {
    const here = await register();
    const { user: there } = await web.signInWithEmailAndPassword(clients.web(), EMAIL, 'first-secret');
    now += 2_000;
    await web.updatePassword(here, 'second-secret');
    await expect(here.getIdToken(true)).resolves.toBeTypeOf('string');
    await expect(there.getIdToken(true)).rejects.toMatchObject({ code: 'auth/user-token-expired' });
    const old = web.signInWithEmailAndPassword(clients.web(), EMAIL, 'first-secret');
    await expect(old).rejects.toMatchObject({ code: 'auth/wrong-password' });
  });

  test('a new address: unverified, and the old one may take it back', async () => {
    const user = await register();
    await web.updateEmail(user, 'ada@new.example');
    expect(user).toMatchObject({ email: 'ada@new.example', emailVerified: false });
    expect(await mailBox()).toMatchObject([{ requestType: 'RECOVER_EMAIL', email: EMAIL }]);
    await web.applyActionCode(clients.web(), await lastCode());
    expect(await clients.admin.getUser(user.uid)).toMatchObject({ email: EMAIL, emailVerified: true });
    expect(await mailBox()).toEqual([]);
  });

  test('nobody makes themselves an administrator', async () => {
    const idToken = await (await register()).getIdToken();
    const refused = await clients.call(`${TOOLKIT}/accounts:update`, {
      idToken,
      customAttributes: '{"admin":true}',
    });
    expect(refused.status).toBe(400);
    expect(refused.body.error?.message).toMatch(/^INSUFFICIENT_PERMISSION/);
  });

  test('deletes it: the token dies with the account', async () => {
    const user = await register();
    const idToken = await user.getIdToken();
    await web.deleteUser(user);
    const lookup = await clients.call(`${TOOLKIT}/accounts:lookup`, { idToken });
    expect(lookup.body.error?.message).toBe('USER_NOT_FOUND');
    await expect(clients.admin.getUser(user.uid)).rejects.toMatchObject({ code: 'auth/user-not-found' });
  });
});

describe('codes by mail', () => {
  test('reset the password; the code works once', async () => {
    await register();
    await web.sendPasswordResetEmail(clients.web(), EMAIL);
    const code = await lastCode();
    expect(await web.verifyPasswordResetCode(clients.web(), code)).toBe(EMAIL);
    await web.confirmPasswordReset(clients.web(), code, 'second-secret');
    await web.signInWithEmailAndPassword(clients.web(), EMAIL, 'second-secret');
    const again = web.confirmPasswordReset(clients.web(), code, 'third-secret');
    await expect(again).rejects.toMatchObject({ code: 'auth/invalid-action-code' });
  });

  test('verify the address', async () => {
    const user = await register();
    await web.sendEmailVerification(user);
    await web.applyActionCode(clients.web(), await lastCode());
    await user.reload();
    expect(user.emailVerified).toBe(true);
  });

  test('verify, then change the address', async () => {
    const user = await register();
    await web.verifyBeforeUpdateEmail(user, 'ada@new.example');
    await web.applyActionCode(clients.web(), await lastCode());
    expect(await clients.admin.getUser(user.uid)).toMatchObject({
      email: 'ada@new.example',
      emailVerified: true,
    });
  });

  test('sign in by link, without any password', async () => {
    const auth = clients.web();
    const settings = { url: 'http://localhost/done', handleCodeInApp: true };
    await web.sendSignInLinkToEmail(auth, EMAIL, settings);
    const response = await fetch(`${clients.server.url}/emulator/v1/projects/${PROJECT}/oobCodes`);
    const { oobCodes } = (await response.json()) as { oobCodes: { oobLink: string }[] };
    const link = oobCodes[0]?.oobLink ?? '';
    expect(web.isSignInWithEmailLink(auth, link)).toBe(true);
    const { user } = await web.signInWithEmailLink(auth, EMAIL, link);
    expect(user).toMatchObject({ email: EMAIL, emailVerified: true, isAnonymous: false });
    expect(await web.fetchSignInMethodsForEmail(auth, EMAIL)).toEqual(['emailLink']);
  });

  test('the administrator gets the link itself', async () => {
    await register();
    const link = new URL(await clients.admin.generatePasswordResetLink(EMAIL));
    const address = `${clients.server.url}${link.pathname}${link.search}&newPassword=second-secret`;
    expect((await fetch(address)).status).toBe(200);
    await web.signInWithEmailAndPassword(clients.web(), EMAIL, 'second-secret');
  });
});
