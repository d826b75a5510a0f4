import * as web from 'firebase/auth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
beforeEach(async () => {
  clients = await startClients();
});
afterEach(() => clients.close());

function google(claims: object): web.OAuthCredential {
  return web.GoogleAuthProvider.credential(JSON.stringify(claims));
}

const ADA = {
  sub: '1001',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada',
  picture: 'http://x/a',
};

function providers(user: web.User): string[] {
  return user.providerData.map(({ providerId }) => providerId);
}

describe('sign in with a federated identity', () => {
  test('the ways to sign in of an address name every linked provider, whatever address that has', async () => {
    const auth = clients.web();
    const { user } = await web.createUserWithEmailAndPassword(auth, 'ada@work.example', 'first-secret');
    await web.linkWithCredential(user, google(ADA));
    const methods = await web.fetchSignInMethodsForEmail(auth, 'ada@work.example');
    expect(methods.toSorted()).toEqual(['google.com', 'password']);
    expect(await web.fetchSignInMethodsForEmail(auth, 'nobody@work.example')).toEqual([]);
  });

  test('first sight makes the account, the second finds it', async () => {
    const first = await web.signInWithCredential(clients.web(), google(ADA));
    expect(first.user).toMatchObject({ email: ADA.email, emailVerified: true, displayName: 'Ada' });
    expect(web.getAdditionalUserInfo(first)).toMatchObject({ isNewUser: true, providerId: 'google.com' });
    const token = await clients.admin.verifyIdToken(await first.user.getIdToken());
    expect(token.firebase).toEqual({
      identities: { email: [ADA.email], 'google.com': [ADA.sub] },
      sign_in_provider: 'google.com',
    });
    const second = await web.signInWithCredential(clients.web(), google(ADA));
    expect(second.user.uid).toBe(first.user.uid);
    expect(web.getAdditionalUserInfo(second)?.isNewUser).toBe(false);
  });

  test('what the person changed about the profile stays at the next sign-in', async () => {
    const { user } = await web.signInWithCredential(clients.web(), google(ADA));
    await web.updateProfile(user, { displayName: 'Countess' });
    const again = await web.signInWithCredential(clients.web(), google({ ...ADA, name: undefined }));
    expect(again.user).toMatchObject({ uid: user.uid, displayName: 'Countess', photoURL: ADA.picture });
  });

  test('where one address may have several accounts, each provider makes its own, without address', async () => {
    const config = `${clients.server.url}/emulator/v1/projects/${PROJECT}/config`;
    const body = JSON.stringify({ signIn: { allowDuplicateEmails: true } });
    const answer: unknown = await (await fetch(config, { method: 'PATCH', body })).json();
    expect(answer).toEqual({
      signIn: { allowDuplicateEmails: true },
      emailPrivacyConfig: { enableImprovedEmailPrivacy: false },
    });
    const mine = await web.createUserWithEmailAndPassword(clients.web(), ADA.email, 'first-secret');
    const first = await web.signInWithCredential(clients.web(), google(ADA));
    const github = web.GithubAuthProvider.credential(JSON.stringify(ADA));
    const second = await web.signInWithCredential(clients.web(), github);
    expect(new Set([mine, first, second].map(({ user }) => user.uid)).size).toBe(3);
    expect([first.user.email, second.user.email]).toEqual([null, null]);
  });

  test('an unsigned JWT will do, and so will an access token', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = `${part({ alg: 'none' })}.${part(ADA)}.`;
    const byJwt = await web.signInWithCredential(clients.web(), web.GoogleAuthProvider.credential(jwt));
    const facebook = web.FacebookAuthProvider.credential(JSON.stringify({ sub: '7' }));
    const byAccessToken = await web.signInWithCredential(clients.web(), facebook);
    expect(byJwt.user.email).toBe(ADA.email);
    expect(providers(byAccessToken.user)).toEqual(['facebook.com']);
  });

  test('a token without a subject is refused', async () => {
    const attempt = web.signInWithCredential(clients.web(), google({ email: 'x@example.com' }));
    await expect(attempt).rejects.toMatchObject({ code: 'auth/invalid-credential' });
  });

  test('a verified address takes over an unverified password account, whose password dies', async () => {
    const { user } = await web.createUserWithEmailAndPassword(clients.web(), ADA.email, 'squatter');
    const owner = await web.signInWithCredential(clients.web(), google(ADA));
    expect(owner.user.uid).toBe(user.uid);
    const squatter = web.signInWithEmailAndPassword(clients.web(), ADA.email, 'squatter');
    await expect(squatter).rejects.toMatchObject({ code: 'auth/wrong-password' });
  });

  test('an unverified address does not enter an existing account', async () => {
    await web.createUserWithEmailAndPassword(clients.web(), ADA.email, 'first-secret');
    const attempt = web.signInWithCredential(clients.web(), google({ ...ADA, email_verified: false }));
    await expect(attempt).rejects.toMatchObject({ code: 'auth/account-exists-with-different-credential' });
  });
});

describe('link a federated identity', () => {
  test('an anonymous visitor keeps the uid and gets the address', async () => {
    const auth = clients.web();
    const { user } = await web.signInAnonymously(auth);
    const { uid } = user;
    await web.linkWithCredential(user, google(ADA));
    expect(user).toMatchObject({ uid, isAnonymous: false, email: ADA.email });
    const again = await web.signInWithCredential(clients.web(), google(ADA));
    expect(again.user.uid).toBe(uid);
  });

  test('one that belongs to somebody else is refused', async () => {
    await web.signInWithCredential(clients.web(), google(ADA));
    const { user } = await web.signInAnonymously(clients.web());
    await expect(web.linkWithCredential(user, google(ADA))).rejects.toMatchObject({
      code: 'auth/credential-already-in-use',
    });
    const answer = await clients.call(`${TOOLKIT}/accounts:signInWithIdp`, {
      idToken: await user.getIdToken(),
      postBody: new URLSearchParams({ providerId: 'google.com', id_token: JSON.stringify(ADA) }).toString(),
      requestUri: 'http://localhost',
      returnIdpCredential: true, // a window was open: the credential comes back, to sign in with it instead
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { errorMessage: 'FEDERATED_USER_ID_ALREADY_LINKED', oauthIdToken: JSON.stringify(ADA) },
    });
  });

  test('unlink: the identity is free again', async () => {
    const { user } = await web.createUserWithEmailAndPassword(clients.web(), ADA.email, 'first-secret');
    await web.linkWithCredential(user, google({ sub: '2002' }));
    expect(providers(user)).toEqual(['password', 'google.com']);
    await web.unlink(user, 'google.com');
    expect(providers(user)).toEqual(['password']);
    const other = await web.signInWithCredential(clients.web(), google({ sub: '2002' }));
    expect(other.user.uid).not.toBe(user.uid);
  });

  test('reauthentication with another identity is a mismatch', async () => {
    const { user } = await web.signInWithCredential(clients.web(), google(ADA));
    await web.reauthenticateWithCredential(user, google(ADA));
    const unknown = web.reauthenticateWithCredential(user, google({ sub: '3003' }));
    await expect(unknown).rejects.toMatchObject({ code: 'auth/user-mismatch' });
  });
});
