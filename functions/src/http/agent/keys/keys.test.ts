import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LongrunError } from '@longrun/shared';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import type { Account } from '../../../ports/accounts.ts';
import { Lab } from '../../../runtime/testing/lab.ts';
import { anyCredential } from '../../any-credential.ts';
import type { Authenticate } from '../../auth.ts';
import { serveApi, type ApiServer } from '../../testing.ts';
import { API_KEYS, apiKeyPath } from './api-key.ts';
import { keyAuthentication } from './authenticate.ts';
import { KeyKeeper, MAX_LIVE } from './keeper.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const calls: string[] = [];
const documents = memoryDocuments({
  before: async (call) => {
    calls.push(call);
    if (isDown) throw new Error('the store is away');
  },
});
let isDown = false;
let now = Date.parse('2026-12-01T12:00:00Z');
const clock = { now: () => now, after: () => () => undefined };
const disabled = new Set<string>();
const accounts = {
  byUid: async (uid: string): Promise<Account | undefined> =>
    uid === 'gone'
      ? undefined
      : {
          uid,
          email: null,
          emailVerified: false,
          admin: true,
          disabled: disabled.has(uid),
          tokensValidFrom: 0,
        },
};
/** A token is the name of a user; of one without a name it begins with `anonymous`. */
const byToken: Authenticate = async ({ headers }) => {
  const uid = /^Bearer (\w+)$/.exec(headers.authorization ?? '')?.[1];
  if (uid === undefined) throw new LongrunError('unauthenticated', 'The ID token is bad.');
  return { uid, admin: false, anonymous: uid.startsWith('anonymous') };
};
const authenticate = anyCredential({ byToken, byKey: keyAuthentication({ documents, accounts, clock }) });

interface Made {
  id: string;
  key: string;
  name: string;
}
let api: ApiServer;
let production: ApiServer;
beforeAll(async () => {
  const lab = new Lab({ graph: undefined, documents, clock });
  api = await serveApi(lab, { authenticate });
  production = await serveApi(lab, { authenticate, env: { API_KEYS_ANONYMOUS: '0' } });
});
beforeEach(() => {
  isDown = false;
  calls.length = 0;
});
afterAll(async () => {
  await api.close();
  await production.close();
});

let users = 0;
const someone = () => `user${(users += 1)}`;
const as = (user: string) => ({ authorization: `Bearer ${user}` });
const make = async (user: string, more: object = {}) =>
  (await api.call<Made>('POST', '/keys', { name: 'laptop', ...more }, as(user))).body;
const list = async (user: string) =>
  (await api.call<{ keys: Record<string, unknown>[] }>('GET', '/keys', undefined, as(user))).body.keys;
/** What a request with these headers is answered, of a route that knows whose it is. */
const ask = (headers: Record<string, string>) =>
  api.call<{ error?: { message: string } }>('POST', '/threads', {}, headers);
const statusOf = async (headers: Record<string, string>) => (await ask(headers)).status;
const recordOf = async (key: string) => (await documents.get([apiKeyPath(key)]))[0]?.fields;

describe('a key', () => {
  test('is shown once, and kept as its hash', async () => {
    const user = someone();
    const answer = await api.call<Made>('POST', '/keys', { name: ' laptop ' }, as(user));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { key, ...rest } = answer.body;
    expect(key).toMatch(/^lr_[\w-]{43}$/);
    expect(rest).toEqual({
      id: expect.any(String),
      name: 'laptop',
      hint: `${key.slice(0, 7)}…`,
      created_at: new Date(now).toISOString(),
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
    });
    expect(await list(user)).toEqual([rest]);
    const stored = await documents.query({ collection: API_KEYS });
    expect(JSON.stringify(stored)).not.toContain(key.slice(3, 20));
    expect(await recordOf(key)).toMatchObject({ uid: user });
  });

  test('lets its owner in as x-api-key, and as a bearer', async () => {
    const user = someone();
    const { key } = await make(user);
    const thread = (await api.call<{ thread_id: string }>('POST', '/threads', {}, { 'x-api-key': key })).body;
    const read = (headers: Record<string, string>) =>
      api.call('GET', `/threads/${thread.thread_id}`, undefined, headers);
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }, as(user)]) {
      expect((await read(headers)).status).toBe(200);
    }
    expect((await read(as(someone()))).status).toBe(404);
  });

  test('makes nobody an administrator, whatever their account says', async () => {
    const { key, id } = await make(someone());
    expect(await authenticate({ headers: { 'x-api-key': key } })).toMatchObject({ admin: false, key: id });
  });

  test('makes no keys, shows none, and revokes none', async () => {
    const user = someone();
    const { key, id } = await make(user);
    for (const [method, path, body] of [
      ['POST', '/keys', { name: 'another' }],
      ['GET', '/keys', undefined],
      ['DELETE', `/keys/${id}`, undefined],
    ] as const) {
      expect((await api.call(method, path, body, { 'x-api-key': key })).status).toBe(403);
    }
    expect(await list(user)).toMatchObject([{ id, revoked_at: null }]);
  });

  test.each([
    { name: '' },
    { name: '  ' },
    { name: 'x'.repeat(201) },
    { expires_in_days: 0 },
    { colour: 'red' },
  ])('with %j -> 400', async (more) => {
    const body = { name: 'laptop', ...more };
    expect((await api.call('POST', '/keys', body, as(someone()))).status).toBe(400);
  });
});

describe('a request with several credentials, or none', () => {
  test('Authorization counts, whatever is in x-api-key', async () => {
    const [ada, bob] = [someone(), someone()];
    const { key } = await make(bob);
    const whose = async (headers: Record<string, string>) => (await authenticate({ headers })).uid;
    expect(await whose({ ...as(ada), 'x-api-key': key })).toBe(ada);
    expect(await whose({ authorization: `Bearer ${key}`, 'x-api-key': 'lr_nonsense' })).toBe(bob);
    for (const placeholder of ['', ' ', 'undefined', 'your-api-key', 'lsv2_pt_0123']) {
      expect(await whose({ ...as(ada), 'x-api-key': placeholder })).toBe(ada);
    }
    expect(await statusOf({ authorization: 'Bearer b.a.d', 'x-api-key': key })).toBe(401);
    expect(await whose({ authorization: '', 'x-api-key': key })).toBe(bob);
  });

  test.each([
    {},
    { 'x-api-key': '' },
    { 'x-api-key': 'undefined' },
    { 'x-api-key': 'lr_short' },
    { 'x-api-key': `lr_${'A'.repeat(43)}` },
    { 'x-api-key': `lr_${'A'.repeat(9_000)}` },
    { 'x-api-key': `lr_${'/'.repeat(43)}` },
    { authorization: `Bearer lr_${'A'.repeat(43)}` },
    { authorization: 'Basic bHI6bHI=' },
  ])('%j -> 401 with what to do', async (headers) => {
    const { status, body } = await ask(headers);
    expect(status).toBe(401);
    expect(body.error?.message).toMatch(/key|token/);
  });

  test('what cannot be a key costs no read, and one that could be costs one', async () => {
    await ask({ 'x-api-key': 'lr_short' });
    expect(calls).toEqual([]);
    await ask({ 'x-api-key': `lr_${'B'.repeat(43)}` });
    expect(calls).toHaveLength(1);
  });
});

describe('a key that was good', () => {
  test('is read once in half a minute, however many requests come with it', async () => {
    const { key } = await make(someone());
    calls.length = 0;
    const whose = () => authenticate({ headers: { 'x-api-key': key } });
    await Promise.all([whose(), whose(), whose()]);
    now += 29 * SECOND;
    await whose();
    expect(calls.filter((call) => call.startsWith('get'))).toHaveLength(1);
    now += 2 * SECOND;
    await whose();
    expect(calls.filter((call) => call.startsWith('get'))).toHaveLength(2);
  });

  test('when it is revoked -> 401 after half a minute, which says so', async () => {
    const user = someone();
    const { key, id } = await make(user);
    expect(await statusOf({ 'x-api-key': key })).toBe(200);
    const revoke = () => api.call('DELETE', `/keys/${id}`, undefined, as(user));
    expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
    expect(await list(user)).toMatchObject([{ id, revoked_at: new Date(now).toISOString() }]);
    now += 31 * SECOND;
    const { status, body } = await ask({ 'x-api-key': key });
    expect([status, body.error?.message]).toEqual([401, expect.stringContaining('was revoked')]);
  });

  test('when it has expired -> 401 after half a minute, which says so', async () => {
    const { key } = await make(someone(), { expires_in_days: 2 });
    now += 2 * DAY - SECOND;
    expect(await statusOf({ 'x-api-key': key })).toBe(200);
    now += 31 * SECOND;
    const { status, body } = await ask({ 'x-api-key': key });
    expect([status, body.error?.message]).toEqual([401, expect.stringContaining('has expired')]);
  });

  test('when the account is disabled, or gone -> 401 after half a minute', async () => {
    const user = someone();
    const { key } = await make(user);
    expect(await statusOf({ 'x-api-key': key })).toBe(200);
    disabled.add(user);
    now += 31 * SECOND;
    expect((await ask({ 'x-api-key': key })).body.error?.message).toContain('disabled');
    expect(await statusOf({ 'x-api-key': (await make('gone')).key })).toBe(401);
  });

  test('is noted as used, once a minute', async () => {
    const { key } = await make(someone());
    const use = () => authenticate({ headers: { 'x-api-key': key } });
    await use();
    const first = new Date(now).toISOString();
    await expect.poll(() => recordOf(key)).toMatchObject({ last_used_at: first });
    now += 31 * SECOND;
    await use();
    now += 31 * SECOND;
    await use();
    await expect.poll(() => recordOf(key)).toMatchObject({ last_used_at: new Date(now).toISOString() });
    expect(calls.filter((call) => call.startsWith('commit update'))).toHaveLength(2);
  });

  test('while the store does not answer -> 503, and the next request asks again', async () => {
    const { key } = await make(someone());
    isDown = true;
    await expect(authenticate({ headers: { 'x-api-key': key } })).rejects.toMatchObject({
      code: 'unavailable',
    });
    isDown = false;
    expect(await authenticate({ headers: { 'x-api-key': key } })).toMatchObject({ anonymous: false });
  });
});

describe('who has signed in without a name', () => {
  test('makes keys where it is allowed, and their quotas stay', async () => {
    const { key } = await make('anonymous1');
    expect(await authenticate({ headers: { 'x-api-key': key } })).toMatchObject({ anonymous: true });
  });

  test('makes none in production', async () => {
    const answer = await production.call('POST', '/keys', { name: 'laptop' }, as('anonymous1'));
    expect(answer.status).toBe(403);
    expect((await production.call('POST', '/keys', { name: 'laptop' }, as(someone()))).status).toBe(201);
  });

  test('is told beforehand whether they may', async () => {
    const mayMake = async (server: ApiServer, user: string) =>
      (await server.call('GET', '/keys', undefined, as(user))).body['may_make'];
    expect(await mayMake(api, 'anonymous1')).toBe(true);
    expect(await mayMake(production, 'anonymous1')).toBe(false);
    expect(await mayMake(production, someone())).toBe(true);
  });
});

test('a user has so many keys; of those that ended the oldest are forgotten', async () => {
  const user = someone();
  const keeper = new KeyKeeper(documents, clock);
  const request = { uid: user, anonymous: false, name: 'one' };
  const tries = await Promise.allSettled(Array.from({ length: MAX_LIVE + 5 }, () => keeper.make(request)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_LIVE);
  expect((await api.call('POST', '/keys', { name: 'more' }, as(user))).status).toBe(422);
  for (let round = 0; round < 3; round += 1) {
    for (const { id } of await keeper.listOf(user)) await keeper.revoke(id, user);
    now += SECOND;
    for (let n = 0; n < MAX_LIVE; n += 1) await keeper.make(request);
  }
  expect(await keeper.listOf(user)).toHaveLength(2 * MAX_LIVE);
});

test("another user's keys -> are not listed, and not revoked", async () => {
  const [ada, bob] = [someone(), someone()];
  const { id, key } = await make(ada);
  expect(await list(bob)).toEqual([]);
  expect((await api.call('DELETE', `/keys/${id}`, undefined, as(bob))).status).toBe(404);
  expect((await api.call('DELETE', '/keys/..%2f..', undefined, as(bob))).status).toBe(404);
  expect(await list(ada)).toMatchObject([{ id, revoked_at: null }]);
  now += 31 * SECOND;
  expect(await authenticate({ headers: { 'x-api-key': key } })).toMatchObject({ uid: ada });
});
