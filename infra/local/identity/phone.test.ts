import type { Auth, ConfirmationResult } from 'firebase/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserAuth, sdk, verifier } from './testing/browser-auth.ts';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
let browser: ReturnType<typeof browserAuth>;
let auth: Auth;
beforeAll(async () => {
  clients = await startClients();
});
afterAll(() => clients.close());
beforeEach(async () => {
  await fetch(`${clients.server.url}/emulator/v1/projects/${PROJECT}/accounts`, {
    method: 'DELETE',
    headers: OWNER,
  });
  browser = browserAuth(clients.server.url);
  ({ auth } = browser);
  return browser.close;
});

const A = '+15555551000';
const B = '+15555552000';

interface TextMessage {
  sessionInfo: string;
  phoneNumber: string;
  code: string;
}
async function messages(): Promise<TextMessage[]> {
  const path = `/emulator/v1/projects/${PROJECT}/verificationCodes`;
  const answer = await (await fetch(`${clients.server.url}${path}`)).json();
  return (answer as { verificationCodes: TextMessage[] }).verificationCodes;
}
async function codeFor(verificationId: string): Promise<string> {
  return (await messages()).find(({ sessionInfo }) => sessionInfo === verificationId)?.code ?? 'none';
}
const confirm = async (sent: ConfirmationResult) => sent.confirm(await codeFor(sent.verificationId));
const enter = async (phone: string) => confirm(await sdk.signInWithPhoneNumber(auth, phone, verifier));
async function credential(phone: string) {
  const id = await new sdk.PhoneAuthProvider(auth).verifyPhoneNumber(phone, verifier);
  return sdk.PhoneAuthProvider.credential(id, await codeFor(id));
}
const codeOf = (pending: Promise<unknown>): Promise<unknown> =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? Reflect.get(error, 'code') : error),
  );

describe('a phone number', () => {
  test('proven for the first time -> an account; again -> the same', async () => {
    const first = await enter(A);
    expect(first.user).toMatchObject({ phoneNumber: A, isAnonymous: false });
    expect(first.user.providerData).toMatchObject([{ providerId: 'phone', phoneNumber: A }]);
    const { claims, signInProvider } = await first.user.getIdTokenResult();
    expect([claims['phone_number'], signInProvider]).toEqual([A, 'phone']);
    expect(claims['firebase']).toMatchObject({ identities: { phone: [A] } });
    await auth.signOut();
    expect((await enter(A)).user.uid).toBe(first.user.uid);
  });

  test('linked to an anonymous account, replaced, and unlinked', async () => {
    const { user } = await sdk.signInAnonymously(auth);
    const linked = await confirm(await sdk.linkWithPhoneNumber(user, A, verifier));
    expect([linked.user.uid, linked.user.phoneNumber]).toEqual([user.uid, A]);
    await sdk.updatePhoneNumber(user, await credential(B));
    expect(user.phoneNumber).toBe(B);
    await sdk.unlink(user, sdk.ProviderId.PHONE);
    expect([auth.currentUser?.uid, auth.currentUser?.phoneNumber]).toEqual([user.uid, null]);
    expect((await enter(B)).user.uid).not.toBe(user.uid);
  });

  test('reauthentication with another number -> user mismatch', async () => {
    const { user } = await enter(A);
    expect(await codeOf(confirm(await sdk.reauthenticateWithPhoneNumber(user, A, verifier)))).toBe('done');
    const other = await sdk.reauthenticateWithPhoneNumber(user, B, verifier);
    expect(await codeOf(confirm(other))).toBe('auth/user-mismatch');
  });

  test('of another account -> refused, with a proof that enters that account', async () => {
    const owner = (await enter(A)).user.uid;
    await auth.signOut();
    const { user } = await sdk.signInAnonymously(auth);
    const refusal: unknown = await sdk.updatePhoneNumber(user, await credential(A)).catch((e: unknown) => e);
    if (!(refusal instanceof Error)) throw new Error('it was not refused');
    expect(refusal).toMatchObject({
      code: 'auth/account-exists-with-different-credential',
      customData: { phoneNumber: A },
    });
    const proof = sdk.PhoneAuthProvider.credentialFromError(
      refusal as Parameters<typeof sdk.PhoneAuthProvider.credentialFromError>[0],
    );
    if (proof === null) throw new Error('it brought no proof');
    expect((await sdk.signInWithCredential(auth, proof)).user.uid).toBe(owner);
  });

  test('wrong codes, unknown sessions, used codes, disabled accounts', async () => {
    const send = async (): Promise<TextMessage> => {
      await clients.call(`${TOOLKIT}/accounts:sendVerificationCode`, { phoneNumber: '+1 (555) 555-1000' });
      const message = (await messages()).at(-1);
      if (!message) throw new Error('nothing was sent');
      return message;
    };
    const redeem = async (body: object): Promise<unknown> => {
      const answer = await clients.call(`${TOOLKIT}/accounts:signInWithPhoneNumber`, body);
      return answer.body.error?.message ?? answer.status;
    };
    const { sessionInfo, code, phoneNumber } = await send();
    expect(phoneNumber).toBe(A);
    expect(await redeem({ code })).toBe('MISSING_SESSION_INFO');
    expect(await redeem({ sessionInfo })).toBe('MISSING_CODE');
    expect(await redeem({ sessionInfo: 'invented', code })).toBe('INVALID_SESSION_INFO');
    expect(await redeem({ sessionInfo, code: `${code}1` })).toBe('INVALID_CODE');
    expect(await redeem({ sessionInfo, code })).toBe(200);
    expect(await redeem({ sessionInfo, code })).toBe('INVALID_SESSION_INFO');
    const { uid } = await clients.admin.getUserByPhoneNumber(A);
    await clients.admin.updateUser(uid, { disabled: true });
    const again = await send();
    expect(await redeem({ sessionInfo: again.sessionInfo, code: again.code })).toBe('USER_DISABLED');
    const bad = await clients.call(`${TOOLKIT}/accounts:sendVerificationCode`, { phoneNumber: 'invalid' });
    expect(bad.body.error?.message).toBe('INVALID_PHONE_NUMBER : Invalid format.');
  });

  test('guesses are limited', async () => {
    await clients.call(`${TOOLKIT}/accounts:sendVerificationCode`, { phoneNumber: A });
    const { sessionInfo } = (await messages())[0] ?? {};
    const guess = () =>
      clients.call(`${TOOLKIT}/accounts:signInWithPhoneNumber`, { sessionInfo, code: 'no' });
    let answer = await guess();
    for (let i = 0; i < 40 && answer.status !== 429; i += 1) answer = await guess();
    expect(answer.body.error?.message).toBe('TOO_MANY_ATTEMPTS_TRY_LATER');
  });
});

describe('administrators', () => {
  test('write and find numbers; one number, one account', async () => {
    const { admin } = clients;
    await admin.createUser({ uid: 'u1', phoneNumber: A, displayName: 'One' });
    expect(await codeOf(admin.createUser({ uid: 'u2', phoneNumber: A }))).toBe(
      'auth/phone-number-already-exists',
    );
    expect(await codeOf(admin.createUser({ uid: 'u2', phoneNumber: 'x' }))).toBe('auth/invalid-phone-number');
    expect((await admin.getUserByPhoneNumber(A)).uid).toBe('u1');
    expect((await admin.getUserByProviderUid('phone', A)).uid).toBe('u1');
    expect((await admin.updateUser('u1', { phoneNumber: B })).phoneNumber).toBe(B);
    expect(await codeOf(admin.getUserByPhoneNumber(A))).toBe('auth/user-not-found');
    expect((await enter(B)).user.uid).toBe('u1');
    const unlinked = await admin.updateUser('u1', { providersToUnlink: ['phone'] });
    expect([unlinked.phoneNumber, unlinked.providerData]).toEqual([undefined, []]);
    await admin.updateUser('u1', { phoneNumber: A });
    expect((await admin.updateUser('u1', { phoneNumber: null })).phoneNumber).toBeUndefined();
  });

  test('import numbers, and look up by every kind of identifier at once', async () => {
    const { admin } = clients;
    const imported = await admin.importUsers([
      { uid: 'i1', phoneNumber: A },
      { uid: 'i2', email: 'i2@example.com', providerData: [{ uid: 'g2', providerId: 'google.com' }] },
      { uid: 'i3', phoneNumber: A },
    ]);
    expect([imported.successCount, imported.errors.map(({ index }) => index)]).toEqual([2, [2]]);
    const found = await admin.getUsers([
      { phoneNumber: A },
      { providerId: 'google.com', providerUid: 'g2' },
      { email: 'i2@example.com' },
      { phoneNumber: '+18888888888' },
    ]);
    expect(found.users.map(({ uid }) => uid).sort()).toEqual(['i1', 'i2']);
    expect(found.notFound).toEqual([{ phoneNumber: '+18888888888' }]);
  });
});
