import { createUserWithEmailAndPassword, EmailAuthProvider, linkWithCredential } from 'firebase/auth';
import { signInAnonymously, signInWithEmailAndPassword } from 'firebase/auth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
beforeAll(async () => {
  clients = await startClients();
});
afterAll(() => clients.close());

describe('an anonymous visitor', () => {
  test('signs in; the admin SDK verifies the token', async () => {
    const { user } = await signInAnonymously(clients.web());
    expect(user.isAnonymous).toBe(true);
    const token = await clients.admin.verifyIdToken(await user.getIdToken(), true);
    expect(token).toMatchObject({
      uid: user.uid,
      aud: PROJECT,
      iss: `https://securetoken.google.com/${PROJECT}`,
      provider_id: 'anonymous',
      firebase: { identities: {}, sign_in_provider: 'anonymous' },
    });
    expect(token.exp - token.iat).toBe(3600);
  });

  test('gets a fresh token for the same session', async () => {
    const { user } = await signInAnonymously(clients.web());
    const first = await clients.admin.verifyIdToken(await user.getIdToken());
    const second = await clients.admin.verifyIdToken(await user.getIdToken(true));
    expect(second.uid).toBe(first.uid);
    expect(second.auth_time).toBe(first.auth_time);
  });

  test('takes email and password: the uid stays, the account is anonymous no more', async () => {
    const auth = clients.web();
    const { user } = await signInAnonymously(auth);
    const { uid } = user;
    const linked = await linkWithCredential(
      user,
      EmailAuthProvider.credential('Keep@Example.com', 'first-secret'),
    );
    expect(linked.user).toMatchObject({ uid, isAnonymous: false, email: 'keep@example.com' });
    const again = await signInWithEmailAndPassword(clients.web(), 'keep@example.com', 'first-secret');
    expect(again.user.uid).toBe(uid);
  });

  test('an address that is taken cannot be linked', async () => {
    await createUserWithEmailAndPassword(clients.web(), 'taken@example.com', 'secret-1');
    const { user } = await signInAnonymously(clients.web());
    const credential = EmailAuthProvider.credential('taken@example.com', 'secret-2');
    await expect(linkWithCredential(user, credential)).rejects.toMatchObject({
      code: 'auth/email-already-in-use',
    });
  });
});
