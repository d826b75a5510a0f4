import type { Auth, MultiFactorResolver, User } from 'firebase/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserAuth, sdk, verifier } from './testing/browser-auth.ts';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';
import { totpCode } from './totp.ts';

let clients: Clients;
let browser: ReturnType<typeof browserAuth>;
let auth: Auth;
let nowMs = Date.now();
beforeAll(async () => {
  clients = await startClients({ now: () => nowMs });
});
afterAll(() => clients.close());
beforeEach(async () => {
  nowMs = Date.now();
  await fetch(`${clients.server.url}/emulator/v1/projects/${PROJECT}/accounts`, {
    method: 'DELETE',
    headers: OWNER,
  });
  browser = browserAuth(clients.server.url);
  ({ auth } = browser);
  return browser.close;
});

const EMAIL = 'ann@example.com';
const PASSWORD = 'first-secret';
const PHONE = '+15555551000';
const BACKUP = '+15555552000';

async function codeFor(verificationId: string): Promise<string> {
  const path = `/emulator/v1/projects/${PROJECT}/verificationCodes`;
  const answer: unknown = await (await fetch(`${clients.server.url}${path}`)).json();
  const { verificationCodes } = answer as { verificationCodes: { sessionInfo: string; code: string }[] };
  return verificationCodes.find(({ sessionInfo }) => sessionInfo === verificationId)?.code ?? 'none';
}
async function verified(): Promise<User> {
  const { user } = await sdk.createUserWithEmailAndPassword(auth, EMAIL, PASSWORD);
  await clients.admin.updateUser(user.uid, { emailVerified: true });
  await user.reload();
  return user;
}
async function enroll(user: User, phoneNumber: string, name: string): Promise<void> {
  const session = await sdk.multiFactor(user).getSession();
  const id = await new sdk.PhoneAuthProvider(auth).verifyPhoneNumber({ phoneNumber, session }, verifier);
  const credential = sdk.PhoneAuthProvider.credential(id, await codeFor(id));
  await sdk.multiFactor(user).enroll(sdk.PhoneMultiFactorGenerator.assertion(credential), name);
}
/** What the second step of a sign-in needs. */
async function halfway(first: Promise<unknown>): Promise<MultiFactorResolver> {
  const error: unknown = await first.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return sdk.getMultiFactorResolver(auth, error as Parameters<typeof sdk.getMultiFactorResolver>[1]);
}
async function finish(resolver: MultiFactorResolver, index = 0, code?: string): Promise<User> {
  const { session } = resolver;
  const multiFactorUid = resolver.hints[index]?.uid ?? '';
  const id = await new sdk.PhoneAuthProvider(auth).verifyPhoneNumber({ multiFactorUid, session }, verifier);
  const credential = sdk.PhoneAuthProvider.credential(id, code ?? (await codeFor(id)));
  return (await resolver.resolveSignIn(sdk.PhoneMultiFactorGenerator.assertion(credential))).user;
}
const login = () => sdk.signInWithEmailAndPassword(auth, EMAIL, PASSWORD);
const codeOf = (pending: Promise<unknown>): Promise<unknown> =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? Reflect.get(error, 'code') : error),
  );

describe('a phone as second factor', () => {
  test('enrolled -> asked for at the next sign-in -> withdrawn -> not asked for', async () => {
    const user = await verified();
    await enroll(user, PHONE, 'Mine');
    const [{ uid: factor } = { uid: '' }] = sdk.multiFactor(user).enrolledFactors;
    expect((await user.getIdTokenResult()).claims['firebase']).toMatchObject({
      sign_in_second_factor: 'phone',
      second_factor_identifier: factor,
    });
    await auth.signOut();
    const before = (await clients.admin.getUser(user.uid)).metadata.lastSignInTime;
    nowMs += 5_000;
    const resolver = await halfway(login());
    expect(resolver.hints).toMatchObject([{ displayName: 'Mine', phoneNumber: '+*******1000', uid: factor }]);
    expect((await clients.admin.getUser(user.uid)).metadata.lastSignInTime).toBe(before);
    const again = await finish(resolver);
    expect(again.uid).toBe(user.uid);
    const token = await again.getIdTokenResult(true);
    expect(token.signInSecondFactor).toBe('phone');
    expect((await clients.admin.getUser(user.uid)).metadata.lastSignInTime).not.toBe(before);
    await sdk.multiFactor(again).unenroll(factor);
    expect((await (await login()).user.getIdTokenResult()).signInSecondFactor).toBeNull();
  });

  test('two phones, of which one goes', async () => {
    const user = await verified();
    await enroll(user, PHONE, 'Main');
    await enroll(user, BACKUP, 'Backup');
    expect(await codeOf(enroll(user, BACKUP, 'Again'))).toBe('auth/second-factor-already-in-use');
    const resolver = await halfway(login());
    expect(resolver.hints.map(({ displayName }) => displayName)).toEqual(['Main', 'Backup']);
    const again = await finish(resolver, 1);
    await sdk.multiFactor(again).unenroll(resolver.hints[0]?.uid ?? '');
    expect((await finish(await halfway(login()))).uid).toBe(user.uid);
  });

  test('not before the address is verified, not with a wrong code, not beside a phone as first factor', async () => {
    const { user } = await sdk.createUserWithEmailAndPassword(auth, EMAIL, PASSWORD);
    expect(await codeOf(enroll(user, PHONE, 'No'))).toBe('auth/unverified-email');
    await clients.admin.updateUser(user.uid, { emailVerified: true });
    await enroll(user, PHONE, 'Yes');
    expect(await codeOf(finish(await halfway(login()), 0, '000'))).toBe('auth/invalid-verification-code');
    const link = sdk.linkWithPhoneNumber(user, BACKUP, verifier);
    const linked = link.then(async (sent) => sent.confirm(await codeFor(sent.verificationId)));
    expect(await codeOf(linked)).toBe('auth/unsupported-first-factor');
  });

  test('after a federated sign-in', async () => {
    const claims = { sub: 'g', email: EMAIL, email_verified: true };
    const google = () =>
      sdk.signInWithCredential(auth, sdk.GoogleAuthProvider.credential(JSON.stringify(claims)));
    const { user } = await google();
    await enroll(user, PHONE, 'Mine');
    await auth.signOut();
    expect((await finish(await halfway(google()))).uid).toBe(user.uid);
  });

  test('pending credentials are for one sign-in', async () => {
    await enroll(await verified(), PHONE, 'Mine');
    const resolver = await halfway(login());
    await finish(resolver);
    expect(await codeOf(finish(resolver))).not.toBe('done');
    const forged = { mfaPendingCredential: 'x', mfaEnrollmentId: 'y' };
    const path = `${TOOLKIT.replace('/v1', '/v2')}/accounts/mfaSignIn:start`;
    expect((await clients.call(path, forged)).body.error?.message).toBe('INVALID_MFA_PENDING_CREDENTIAL');
  });
});

test('an authenticator app as second factor', async () => {
  const user = await verified();
  const secret = await sdk.TotpMultiFactorGenerator.generateSecret(await sdk.multiFactor(user).getSession());
  expect(secret).toMatchObject({ codeLength: 6, codeIntervalSeconds: 30, hashingAlgorithm: 'SHA1' });
  const { TotpMultiFactorGenerator } = sdk;
  const wrong = TotpMultiFactorGenerator.assertionForEnrollment(secret, '12345');
  expect(await codeOf(sdk.multiFactor(user).enroll(wrong, 'App'))).toBe('auth/invalid-verification-code');
  const right = TotpMultiFactorGenerator.assertionForEnrollment(secret, totpCode(secret.secretKey, nowMs));
  await sdk.multiFactor(user).enroll(right, 'App');
  nowMs += 300_000;
  const resolver = await halfway(login());
  const hint = resolver.hints[0];
  expect(hint).toMatchObject({ factorId: 'totp', displayName: 'App' });
  const at = (ms: number) =>
    TotpMultiFactorGenerator.assertionForSignIn(hint?.uid ?? '', totpCode(secret.secretKey, ms));
  expect(await codeOf(resolver.resolveSignIn(at(nowMs - 300_000)))).toBe('auth/invalid-verification-code');
  const signedIn = await resolver.resolveSignIn(at(nowMs - 30_000)); // the other clock is half a minute late
  expect((await signedIn.user.getIdTokenResult()).signInSecondFactor).toBe('totp');
  const [factor] = (await clients.admin.getUser(user.uid)).multiFactor?.enrolledFactors ?? [];
  expect(factor).toMatchObject({ factorId: 'totp', displayName: 'App' });
  expect(JSON.stringify(factor)).not.toContain(secret.secretKey);
});

test('codes of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  expect([59, 1_111_111_109, 2_000_000_000].map((s) => totpCode(secret, s * 1000))).toEqual([
    '287082',
    '081804',
    '279037',
  ]);
});

test('administrators write, replace and remove second factors', async () => {
  const { admin } = clients;
  const factor = { factorId: 'phone', phoneNumber: PHONE, displayName: 'Work' };
  const email = { email: EMAIL, emailVerified: true, password: PASSWORD };
  const created = await admin.createUser({ uid: 'm', ...email, multiFactor: { enrolledFactors: [factor] } });
  expect(created.multiFactor?.enrolledFactors).toMatchObject([factor]);
  expect((await finish(await halfway(login()))).uid).toBe('m');
  const enrollmentTime = new Date(1_476_235_905_000).toUTCString();
  const both = [
    { ...factor, uid: 'f1', enrollmentTime },
    { ...factor, uid: 'f2', phoneNumber: BACKUP, enrollmentTime },
  ];
  const updated = await admin.updateUser('m', { multiFactor: { enrolledFactors: both } });
  expect(updated.multiFactor?.toJSON()).toEqual({ enrolledFactors: both });
  const none = await admin.updateUser('m', { multiFactor: { enrolledFactors: null } });
  expect(none.multiFactor).toBeUndefined();
  const imported = await admin.importUsers([
    { uid: 'n', email: 'n@example.com', emailVerified: true, multiFactor: { enrolledFactors: both } },
  ]);
  expect(imported.errors).toEqual([]);
  expect((await admin.getUser('n')).multiFactor?.enrolledFactors).toHaveLength(2);
});

test.each([
  [[{ phoneInfo: PHONE }], 'INVALID_MFA_ENROLLMENT_ID : mfaEnrollmentId must be defined.'],
  [[{ mfaEnrollmentId: 'a', phoneInfo: 'x' }], 'INVALID_MFA_PHONE_NUMBER : Invalid format.'],
  [
    [
      { mfaEnrollmentId: 'a', phoneInfo: PHONE },
      { mfaEnrollmentId: 'a', phoneInfo: BACKUP },
    ],
    'DUPLICATE_MFA_ENROLLMENT_ID',
  ],
])('enrollments %j: %s', async (enrollments, message) => {
  const { uid } = await clients.admin.createUser({});
  const body = { localId: uid, mfa: { enrollments } };
  const answer = await clients.call(`${TOOLKIT}/accounts:update`, body, { Authorization: 'Bearer owner' });
  expect(answer.body.error?.message).toBe(message);
});
