import type { Auth } from 'firebase/auth';
import type { Tenant, TenantAwareAuth } from 'firebase-admin/auth';
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserAuth, sdk, verifier } from './testing/browser-auth.ts';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
let browser: ReturnType<typeof browserAuth>;
let auth: Auth;
beforeAll(async () => {
  clients = await startClients();
});
afterAll(() => clients.close());
beforeEach(() => {
  browser = browserAuth(clients.server.url);
  ({ auth } = browser);
});
const made: string[] = [];
afterEach(async () => {
  await browser.close();
  for (const id of made.splice(0)) await manager().deleteTenant(id);
});

const EMAIL = 'ann@example.com';
const PASSWORD = 'first-secret';
const PHONE = '+15555551000';
const V2 = TOOLKIT.replace('/v1', '/v2');
const manager = () => clients.admin.tenantManager();

type Request = Parameters<ReturnType<typeof manager>['createTenant']>[0];
const OPEN: Request = {
  displayName: 'testTenant',
  emailSignInConfig: { enabled: true, passwordRequired: false },
  anonymousSignInEnabled: true,
  multiFactorConfig: { state: 'ENABLED', factorIds: ['phone'] },
};
async function make(request: Request = OPEN): Promise<Tenant> {
  const tenant = await manager().createTenant(request);
  made.push(tenant.tenantId);
  return tenant;
}
/** An open tenant, which the browser signs in to from now on. */
async function enter(request?: Request): Promise<{ id: string; admin: TenantAwareAuth }> {
  const { tenantId: id } = await make(request);
  auth.tenantId = id;
  return { id, admin: manager().authForTenant(id) };
}
const codeOf = (pending: Promise<unknown>): Promise<unknown> =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? Reflect.get(error, 'code') : error),
  );
async function rest(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const init = { method, headers: OWNER, ...(body && { body: JSON.stringify(body) }) };
  return (await (await fetch(`${clients.server.url}${path}`, init)).json()) as Record<string, unknown>;
}

describe('managing tenants', () => {
  const totp = { state: 'ENABLED', totpProviderConfig: { adjacentIntervals: 5 } } as const;

  test('what was set comes back; the rest is off', async () => {
    const request: Request = {
      displayName: 'testTenant',
      emailSignInConfig: { enabled: true, passwordRequired: true },
      multiFactorConfig: { state: 'ENABLED', factorIds: ['phone'], providerConfigs: [totp] },
      testPhoneNumbers: { '+16505551234': '019287' },
      emailPrivacyConfig: { enableImprovedEmailPrivacy: true },
    };
    const tenant = await make(request);
    const { tenantId } = tenant;
    expect(tenantId).toMatch(/^testtenant-[0-9a-f]{8}$/);
    const all = { tenantId, anonymousSignInEnabled: false, ...request };
    expect(tenant.toJSON()).toEqual(all);
    expect((await manager().getTenant(tenantId)).toJSON()).toEqual(all);
    const bare = await rest('POST', `${V2}/projects/${PROJECT}/tenants`, {});
    made.push(String(bare['tenantId']));
    expect(bare).toEqual({
      name: `projects/${PROJECT}/tenants/${String(bare['tenantId'])}`,
      tenantId: bare['tenantId'],
      allowPasswordSignup: false,
      enableEmailLinkSignin: false,
      enableAnonymousUser: false,
      disableAuth: false,
      mfaConfig: { state: 'DISABLED', enabledProviders: [] },
    });
  });

  test('an update changes what it names', async () => {
    const { tenantId } = await make({ ...OPEN, testPhoneNumbers: { [PHONE]: '123456' } });
    const updated = await manager().updateTenant(tenantId, {
      displayName: 'another',
      emailSignInConfig: { enabled: false },
      multiFactorConfig: { state: 'DISABLED', providerConfigs: [totp] },
      testPhoneNumbers: null,
      emailPrivacyConfig: { enableImprovedEmailPrivacy: false },
      smsRegionConfig: { allowByDefault: { disallowedRegions: ['AC'] } },
    });
    expect(updated.toJSON()).toMatchObject({
      displayName: 'another',
      emailSignInConfig: { enabled: false, passwordRequired: false },
      anonymousSignInEnabled: true,
      multiFactorConfig: { state: 'DISABLED', providerConfigs: [totp] },
      emailPrivacyConfig: {},
      smsRegionConfig: { allowByDefault: { disallowedRegions: ['AC'] } },
    });
    expect(updated.testPhoneNumbers ?? {}).toEqual({});
  });

  test.each([
    ['displayName', {}, { displayName: undefined }],
    ['displayName.0,mfaConfig.enabledProviders.x', { displayName: 'no' }, { displayName: 'testTenant' }],
    [
      'mfaConfig.state',
      { mfaConfig: { state: 'DISABLED' } },
      { mfaConfig: { state: 'DISABLED', enabledProviders: ['PHONE_SMS'] } },
    ],
    ['', {}, { allowPasswordSignup: false, mfaConfig: { state: 'DISABLED', enabledProviders: [] } }],
    ['tenantId,name,__proto__.x,constructor', { tenantId: 'no' }, { enableAnonymousUser: true }],
  ])('mask %s', async (mask, body, expected) => {
    const { tenantId } = await make();
    const path = `${V2}/projects/${PROJECT}/tenants/${tenantId}`;
    const answer = await rest('PATCH', `${path}?updateMask=${mask}`, body);
    expect({ displayName: undefined, ...answer }).toMatchObject({ ...expected, tenantId });
    expect(await rest('GET', path)).toEqual(answer);
  });

  test('listed in pages', async () => {
    const ids = [(await make()).tenantId, (await make()).tenantId].toSorted();
    const first = await manager().listTenants(1);
    expect(first.tenants.map(({ tenantId }) => tenantId)).toEqual(ids.slice(0, 1));
    const second = await manager().listTenants(2, first.pageToken);
    expect(second.tenants.map(({ tenantId }) => tenantId)).toEqual(ids.slice(1));
    expect(second.pageToken).toBeUndefined();
    expect(await codeOf(manager().listTenants(1_000, 'x'))).toBe('done');
  });

  test('deleted with the accounts and sessions; what never was is not found', async () => {
    const { id, admin } = await enter();
    const { user } = await sdk.signInAnonymously(auth);
    await manager().deleteTenant(id);
    made.pop();
    expect(await codeOf(manager().getTenant(id))).toBe('auth/tenant-not-found');
    expect(await codeOf(admin.getUser(user.uid))).toBe('auth/tenant-not-found');
    expect(await codeOf(user.reload())).not.toBe('done');
    expect(await codeOf(user.getIdToken(true))).not.toBe('done');
    expect(await codeOf(manager().deleteTenant(id))).toBe('auth/tenant-not-found');
    auth.tenantId = 'nowhere';
    expect(await codeOf(sdk.signInAnonymously(auth))).toBe('auth/tenant-not-found');
  });

  test('only for administrators; a password policy is refused', async () => {
    expect((await clients.call(`${V2}/projects/${PROJECT}/tenants`, {})).status).toBe(401);
    const path = `${V2}/projects/${PROJECT}/tenants`;
    expect((await clients.call(path, { passwordPolicyConfig: {} }, OWNER)).status).toBe(501);
  });
});

describe('the accounts of a tenant', () => {
  test('are its own', async () => {
    const { id, admin } = await enter();
    const { user } = await sdk.createUserWithEmailAndPassword(auth, EMAIL, PASSWORD);
    expect(user.tenantId).toBe(id);
    expect((await user.getIdTokenResult(true)).claims['firebase']).toMatchObject({ tenant: id });
    await sdk.updateProfile(user, { displayName: 'Ann' });
    await user.reload();
    expect(user).toMatchObject({ displayName: 'Ann', tenantId: id });
    expect(await admin.getUserByEmail(EMAIL)).toMatchObject({ uid: user.uid, tenantId: id });
    expect((await admin.verifyIdToken(await user.getIdToken(), true)).firebase.tenant).toBe(id);
    expect(await codeOf(clients.admin.getUser(user.uid))).toBe('auth/user-not-found');
    const other = await make();
    expect(await codeOf(manager().authForTenant(other.tenantId).getUser(user.uid))).toBe(
      'auth/user-not-found',
    );
    auth.tenantId = other.tenantId;
    expect(await codeOf(sdk.signInWithEmailAndPassword(auth, EMAIL, PASSWORD))).toBe('auth/user-not-found');
    auth.tenantId = id;
    expect((await sdk.signInWithEmailAndPassword(auth, EMAIL, PASSWORD)).user.uid).toBe(user.uid);
  });

  test('administered like those of a project', async () => {
    const { id, admin } = await enter();
    const { uid } = await admin.createUser({ email: EMAIL, phoneNumber: PHONE });
    await admin.setCustomUserClaims(uid, { admin: true });
    expect(await admin.getUser(uid)).toMatchObject({ tenantId: id, customClaims: { admin: true } });
    expect((await admin.updateUser(uid, { displayName: 'Ann' })).displayName).toBe('Ann');
    const settings = { url: 'http://localhost/done', handleCodeInApp: true };
    for (const link of [
      await admin.generateEmailVerificationLink(EMAIL, settings),
      await admin.generatePasswordResetLink(EMAIL, settings),
      await admin.generateSignInWithEmailLink(EMAIL, settings),
    ])
      expect(new URL(link).searchParams.get('tenantId')).toBe(id);
    await admin.revokeRefreshTokens(uid);
    expect((await admin.listUsers()).users.map((user) => user.tenantId)).toEqual([id]);
    const passwordHash = createHmac('sha256', 'secret').update('passwordNaCl').digest();
    const record = {
      uid: 'imported',
      email: 'i@example.com',
      passwordHash,
      passwordSalt: Buffer.from('NaCl'),
    };
    const hash = { algorithm: 'HMAC_SHA256', key: Buffer.from('secret') } as const;
    expect((await admin.importUsers([record], { hash })).errors).toEqual([]);
    const { user } = await sdk.signInWithEmailAndPassword(auth, record.email, 'password');
    expect(user.uid).toBe('imported');
    const cookie = await admin.createSessionCookie(await user.getIdToken(), { expiresIn: 300_000 });
    expect((await admin.verifySessionCookie(cookie, true)).firebase.tenant).toBe(id);
    expect(
      await codeOf(clients.admin.createSessionCookie(await user.getIdToken(), { expiresIn: 300_000 })),
    ).toBe('auth/mismatching-tenant-id');
    await admin.deleteUsers([uid, 'imported']);
    expect((await admin.listUsers()).users).toEqual([]);
  });

  test('signed in with custom tokens of that tenant, and with federated accounts', async () => {
    const { id, admin } = await enter();
    const token = await admin.createCustomToken('uid1');
    expect((await sdk.signInWithCustomToken(auth, token)).user).toMatchObject({ uid: 'uid1', tenantId: id });
    auth.tenantId = (await make()).tenantId;
    expect(await codeOf(sdk.signInWithCustomToken(auth, token))).toBe('auth/tenant-id-mismatch');
    auth.tenantId = id;
    const google = sdk.GoogleAuthProvider.credential(JSON.stringify({ sub: 'g', email: EMAIL }));
    const { user } = await sdk.signInWithCredential(auth, google);
    expect((await admin.getUserByProviderUid('google.com', 'g')).uid).toBe(user.uid);
  });

  test('signed in with mailed links and reset passwords', async () => {
    const { id, admin } = await enter();
    const settings = { url: 'http://localhost/done', handleCodeInApp: true };
    await sdk.sendSignInLinkToEmail(auth, EMAIL, settings);
    const mailed = await rest('GET', `/emulator/v1/projects/${PROJECT}/tenants/${id}/oobCodes`);
    expect((await rest('GET', `/emulator/v1/projects/${PROJECT}/oobCodes`))['oobCodes']).toEqual([]);
    const [{ oobLink }] = mailed['oobCodes'] as [{ oobLink: string }];
    const { user } = await sdk.signInWithEmailLink(auth, EMAIL, oobLink);
    expect(user).toMatchObject({ tenantId: id, emailVerified: true });
    await admin.updateUser(user.uid, { password: PASSWORD });
    const link = new URL(await admin.generatePasswordResetLink(EMAIL));
    await sdk.confirmPasswordReset(auth, link.searchParams.get('oobCode') ?? '', 'second-secret');
    expect(await codeOf(sdk.signInWithEmailAndPassword(auth, EMAIL, 'second-secret'))).toBe('done');
    const again = await fetch(`${await admin.generateEmailVerificationLink(EMAIL)}`, { redirect: 'manual' });
    expect(again.status).toBeLessThan(400);
  });

  test('with a phone as second factor, whose code may be fixed; not as the first', async () => {
    const { admin } = await enter({ ...OPEN, testPhoneNumbers: { [PHONE]: '123456' } });
    const { user } = await sdk.createUserWithEmailAndPassword(auth, EMAIL, PASSWORD);
    await admin.updateUser(user.uid, { emailVerified: true });
    await user.reload();
    const session = await sdk.multiFactor(user).getSession();
    const sent = { phoneNumber: PHONE, session };
    const id = await new sdk.PhoneAuthProvider(auth).verifyPhoneNumber(sent, verifier);
    const credential = sdk.PhoneAuthProvider.credential(id, '123456');
    await sdk.multiFactor(user).enroll(sdk.PhoneMultiFactorGenerator.assertion(credential), 'Mine');
    expect((await admin.getUser(user.uid)).multiFactor?.enrolledFactors).toHaveLength(1);
    const login = sdk.signInWithEmailAndPassword(auth, EMAIL, PASSWORD);
    expect(await codeOf(login)).toBe('auth/multi-factor-auth-required');
    const first = sdk.signInWithPhoneNumber(auth, '+15555553000', verifier);
    expect(await codeOf(first)).toBe('auth/unsupported-tenant-operation');
  });

  test('deleted all at once without those of the project', async () => {
    const { id, admin } = await enter();
    await admin.createUser({});
    const { uid } = await clients.admin.createUser({});
    await rest('DELETE', `/emulator/v1/projects/${PROJECT}/tenants/${id}/accounts`);
    expect((await admin.listUsers()).users).toEqual([]);
    await clients.admin.deleteUser(uid);
  });
});

describe('a tenant that has switched off', () => {
  test('everything but administration of accounts', async () => {
    const { admin } = await enter({ displayName: 'closed' });
    expect(await codeOf(sdk.signInAnonymously(auth))).toBe('auth/admin-restricted-operation');
    for (const attempt of [
      () => sdk.createUserWithEmailAndPassword(auth, EMAIL, PASSWORD),
      () => sdk.signInWithEmailAndPassword(auth, EMAIL, PASSWORD),
      () => sdk.sendSignInLinkToEmail(auth, EMAIL, { url: 'http://localhost', handleCodeInApp: true }),
    ])
      expect(await codeOf(attempt())).toBe('auth/operation-not-allowed');
    expect((await admin.createUser({ email: EMAIL, password: PASSWORD })).email).toBe(EMAIL);
  });

  test('authentication', async () => {
    const { id } = await enter();
    await sdk.signInAnonymously(auth);
    await rest('PATCH', `${V2}/projects/${PROJECT}/tenants/${id}?updateMask=disableAuth`, {
      disableAuth: true,
    });
    const answer = await clients.call(`${TOOLKIT}/accounts:signUp`, { tenantId: id });
    expect(answer.body.error?.message).toBe('PROJECT_DISABLED');
  });
});

test('a token of one tenant is worth nothing in another or in the project', async () => {
  const { id } = await enter();
  const { user } = await sdk.signInAnonymously(auth);
  const idToken = await user.getIdToken();
  const { tenantId } = await make();
  const asked = await clients.call(`${TOOLKIT}/accounts:lookup`, { idToken, tenantId });
  expect(asked.body.error?.message).toBe('TENANT_ID_MISMATCH');
  const cookie = await clients.call(
    `${TOOLKIT}/projects/${PROJECT}/tenants/${tenantId}:createSessionCookie`,
    { idToken },
    OWNER,
  );
  expect(cookie.body.error?.message).toBe('TENANT_ID_MISMATCH');
  const path = `${TOOLKIT}/projects/${PROJECT}/tenants/${id}/accounts`;
  const other = await clients.call(path, { tenantId }, OWNER);
  expect(other.body.error?.message).toBe('TENANT_ID_MISMATCH');
});
