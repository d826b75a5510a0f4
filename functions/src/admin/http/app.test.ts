import { getAuth } from 'firebase-admin/auth';
import { initializeApp } from 'firebase-admin/app';
import type { Express } from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startIdentity, type IdentityServer } from '../../../../infra/local/identity/server.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import type { Cdn } from '../../ports/cdn.ts';
import { recorded } from '../testing.ts';
import { clientOf, PROJECT, serveAdmin, type AdminServer } from './testing.ts';

let identity: IdentityServer;
let server: AdminServer;
const cdn = {
  purge: vi.fn<Cdn['purge']>(),
  look: vi.fn<Cdn['look']>(),
};
const auth = () => getAuth(initializeApp({ projectId: PROJECT }, 'test'));

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  identity = await startIdentity({ project: PROJECT });
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = new URL(identity.url).host;
  server = await serveAdmin(identity, { cdn });
});
afterAll(async () => {
  await server.close();
  await identity.close();
  delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  vi.restoreAllMocks();
});
beforeEach(() => {
  cdn.purge.mockReset().mockResolvedValue({ name: 'o', done: false, progress: 0, error: null });
  cdn.look.mockReset().mockResolvedValue({ name: 'o', done: true, progress: 100, error: null });
});

/** Every route, with a body that its schema takes. */
const ROUTES: [method: string, path: string, body?: unknown][] = [
  ['GET', '/me'],
  ['POST', '/claim', {}],
  ['GET', '/overview'],
  ['GET', '/metrics'],
  ['GET', '/storage'],
  ['GET', '/config'],
  ['GET', '/dead-letters'],
  ['POST', '/dead-letters/retry', {}],
  ['GET', '/limits'],
  ['POST', '/limits', {}],
  ['POST', '/limits/:owner', {}],
  ['POST', '/purge', {}],
  ['POST', '/flush-cache', {}],
  ['GET', '/operations/:operation_id'],
  ['GET', '/audit'],
  ['GET', '/runs/:owner/:run_id/trace'],
];

/** What Express was told, so that no route is forgotten here. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path.replace('/api/admin', '')}`),
  );
}

describe('who may', () => {
  test('the table below holds every route', () => {
    expect(routesOf(server.app).toSorted()).toEqual(
      ROUTES.map(([method, path]) => `${method} ${path}`).toSorted(),
    );
  });

  test.each(ROUTES)('%s %s: 401 without a token, 403 for everyone else', async (method, path, body) => {
    const nobody = clientOf(server.url, '', '');
    expect(await nobody.call(method, path, body)).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated' } },
    });
    await server.newAdmin(); // so that there is nothing to claim
    const answer = await (await server.newUser()).call(method, path, body);
    if (path === '/me') expect(answer).toEqual({ status: 200, body: { admin: false, claimable: false } });
    else expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  });

  test('a claim in the token alone is none: the account says who is an administrator', async () => {
    const user = await server.newUser();
    const [head = '', payload = ''] = user.token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, admin: true })).toString('base64url');
    const liar = clientOf(server.url, user.uid, `${head}.${forged}.`);
    expect(await liar.call('GET', '/config')).toMatchObject({ status: 403 });
  });

  test('granted -> at once; revoked -> 403 at once, with the same token', async () => {
    const user = await server.newUser();
    const accounts = auth();
    expect((await user.call('GET', '/config')).status).toBe(403);
    await accounts.setCustomUserClaims(user.uid, { admin: true });
    expect((await user.call('GET', '/config')).status).toBe(200);
    await accounts.setCustomUserClaims(user.uid, null);
    expect((await user.call('GET', '/config')).status).toBe(403);
  });

  test.each<[string, (uid: string) => Promise<unknown>]>([
    ['disabled', (uid) => auth().updateUser(uid, { disabled: true })],
    ['deleted', (uid) => auth().deleteUser(uid)],
    [
      'signed out everywhere',
      async (uid) => {
        // Tokens are compared by the second: those of this one are still good.
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2_000 });
        await auth().revokeRefreshTokens(uid);
        vi.useRealTimers();
      },
    ],
  ])('an account that was %s -> 401 at once', async (_, end) => {
    const admin = await server.newAdmin();
    expect((await admin.call('GET', '/config')).status).toBe(200);
    await end(admin.uid);
    expect(await admin.call('GET', '/config')).toMatchObject({ status: 401 });
  });
});

describe('what an administrator does', () => {
  test('B5: purges, one at a time, and sees it in the log', async () => {
    const admin = await server.newAdmin();
    const begun = await admin.call('POST', '/purge', { path: '/index.html' });
    expect(begun).toMatchObject({ status: 202, body: { action: 'purge_cdn', status: 'running' } });
    const id = String(begun.body['operation_id']);
    cdn.look.mockResolvedValueOnce({ name: 'o', done: false, progress: 50, error: null });
    expect(await admin.call('POST', '/purge', {})).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { operation_id: id } } },
    });
    expect((await admin.call('GET', `/operations/${id}`)).body).toMatchObject({
      status: 'done',
      progress: 100,
    });
    const { entries } = (await admin.call('GET', '/audit?limit=2')).body as { entries: object[] };
    expect(entries).toMatchObject([
      {
        action: 'purge_cdn',
        outcome: 'succeeded',
        target: '/index.html',
        operation_id: id,
        by: { uid: admin.uid },
      },
      { action: 'purge_cdn', outcome: 'started', target: '/index.html', operation_id: id },
    ]);
  });

  test('no load balancer -> 404 with its reason, and no line in the log', async () => {
    const hosted = await serveAdmin(identity);
    const admin = await hosted.newAdmin();
    expect(await admin.call('POST', '/purge', {})).toMatchObject({
      status: 404,
      body: { error: { details: { reason: 'no_url_map' } } },
    });
    expect((await admin.call('GET', '/audit')).body).toEqual({ entries: [], next_cursor: null });
    await hosted.close();
  });

  test('D5: tries dead letters again; who and how many stand in the log', async () => {
    const admin = await server.newAdmin();
    const run = await server.createRun('somebody');
    await server.store.append('somebody', run.run_id, 'test', () => [
      { type: 'run.failed', at: Date.now(), error: { code: 'graph_error', message: 'broken' } },
    ]);
    const { body } = await admin.call('GET', '/dead-letters');
    expect(body).toMatchObject({ runs: [{ run_id: run.run_id, retried_by: null }] });
    const runs = [
      { owner: 'somebody', run_id: run.run_id },
      { owner: 'a/b', run_id: 'x' },
    ];
    expect((await admin.call('POST', '/dead-letters/retry', { runs })).body).toMatchObject({
      runs: [{ retried_by: expect.any(String) }, { error: expect.any(String) }],
    });
    const { entries } = (await admin.call('GET', '/audit?limit=2')).body as { entries: object[] };
    expect(entries).toMatchObject([
      { action: 'retry_dead_letters', outcome: 'succeeded', detail: '1 of 2 are done again.' },
      { action: 'retry_dead_letters', outcome: 'started', target: `somebody/${run.run_id}, a/b/x` },
    ]);
  });

  test('the overview names every part, what waits and what goes on', async () => {
    const admin = await server.newAdmin();
    const run = await server.createRun('ada');
    const { body } = await admin.call('GET', '/overview');
    expect(body).toMatchObject({ version: '1.2.3', workers: 0, queue: { running: 0, interrupted: 0 } });
    expect((body['parts'] as { name: string }[]).map(({ name }) => name).toSorted()).toEqual([
      'cache',
      'edge',
      'identity',
      'model',
      'queue',
      'storage',
      'tracing',
    ]);
    expect(body['active']).toContainEqual(
      expect.objectContaining({ owner: 'ada', run_id: run.run_id, status: 'pending' }),
    );
    expect((body['alerts'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'error_rate',
      'queue_depth',
      'api_latency',
      'daily_cost',
    ]);
  });

  test('limits: read, changed for all and for one, given back; each change stands in the log', async () => {
    const own = await serveAdmin(identity, { env: { QUOTA_RUNS_AT_ONCE: '7' } });
    const admin = await own.newAdmin();
    const run = await own.createRun('ada');
    await own.store.append('ada', run.run_id, 'test', () => [
      { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'test' },
      {
        type: 'usage',
        at: Date.now(),
        usage: { model: 'm', input_tokens: 1, output_tokens: 1, cost_usd: 0.5 },
      },
    ]);
    expect((await admin.call('GET', '/limits')).body).toMatchObject({
      defaults: { user: { runs_at_once: 7 } },
      limits: { user: { runs_at_once: 7 } },
      used: { runs_at_once: 1, usd_today: 0.5 },
      users: [{ owner: 'ada', usd_today: 0.5, limits: null }],
    });
    const changed = await admin.call('POST', '/limits', { user: { runs_at_once: 3, usd_per_day: 0.25 } });
    expect(changed.body).toMatchObject({ limits: { user: { runs_at_once: 3, usd_per_day: 0.25 } } });
    await admin.call('POST', '/limits', { user: { usd_per_day: null }, total: { runs_at_once: 9 } });
    const { body } = await admin.call('POST', '/limits/bob', { runs_per_day: 1 });
    expect(body).toMatchObject({
      defaults: { user: { runs_at_once: 7, usd_per_day: 20 } },
      limits: { user: { runs_at_once: 3, usd_per_day: 20 }, total: { runs_at_once: 9 } },
      users: [{ owner: 'ada' }, { owner: 'bob', limits: { runs_per_day: 1 } }],
    });
    const back = await admin.call('POST', '/limits/bob', { runs_per_day: null });
    expect(back.body).toMatchObject({ users: [{ owner: 'ada' }] });
    const { entries } = (await admin.call('GET', '/audit?limit=2')).body as { entries: object[] };
    expect(entries).toMatchObject([
      {
        action: 'change_limits',
        outcome: 'succeeded',
        target: 'bob',
        detail: '{"runs_per_day":null}',
        by: { uid: admin.uid },
      },
      { action: 'change_limits', outcome: 'started', target: 'bob' },
    ]);
    await own.close();
  });

  test('the log in pages: nothing twice, nothing left out, newest first', async () => {
    const own = await serveAdmin(identity, { cdn });
    const admin = await own.newAdmin();
    for (let i = 0; i < 5; i += 1) await admin.call('POST', '/flush-cache', {});
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin.call('GET', `/audit?limit=3${cursor}`);
      const { entries, next_cursor } = body as {
        entries: { id: string; at: string }[];
        next_cursor: string | null;
      };
      seen.push(...entries.map(({ at, id }) => `${at} ${id}`));
      cursor = next_cursor === null ? '' : `&cursor=${encodeURIComponent(next_cursor)}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(10);
    expect(seen).toEqual(seen.toSorted().toReversed());
    await own.close();
  });

  test.each<[string, string, unknown?]>([
    ['POST', '/purge', { path: 'index.html' }],
    ['POST', '/purge', { path: '/a/*/b' }],
    ['POST', '/purge', { path: `/${'a'.repeat(1_025)}` }],
    ['POST', '/purge', { path: 7 }],
    ['POST', '/purge', [1]],
    ['POST', '/flush-cache', ['all']],
    ['POST', '/limits', { user: { runs_at_once: -1 } }],
    ['POST', '/limits', { user: { runs_at_once: 1.5 } }],
    ['POST', '/limits', { user: { running_at_once: 0 } }],
    ['POST', '/limits', { everyone: {} }],
    ['POST', '/limits/bob', { usd_per_day: 'much' }],
    ['POST', '/dead-letters/retry', { runs: [{ owner: 'x' }] }],
    ['GET', '/metrics?hours=0'],
    ['GET', '/metrics?hours=721'],
    ['GET', '/metrics?hours=x'],
    ['GET', '/audit?limit=101'],
    ['GET', '/audit?cursor=x'],
    ['GET', `/audit?cursor=${Buffer.from('{"at":{},"id":"../x"}').toString('base64url')}`],
  ])('%s %.60s %.60j -> 400', async (method, path, body) => {
    const admin = await server.newAdmin();
    expect(await admin.call(method, path, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request' } },
    });
    expect(cdn.purge).not.toHaveBeenCalled();
  });

  test('what is nowhere -> 404 as JSON', async () => {
    const admin = await server.newAdmin();
    for (const path of ['/operations/x', '/operations/..%2f..', '/nothing'])
      expect(await admin.call('GET', path)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      });
  });
});

describe('the audit log', () => {
  test('an action whose entry cannot be written is not carried out', async () => {
    const { documents, writes } = recorded(memoryDocuments(), ({ path }) => path.includes('/audit/'));
    const own = await serveAdmin(identity, { cdn, documents });
    const run = await own.createRun('ada');
    await own.store.append('ada', run.run_id, 'test', () => [
      { type: 'run.failed', at: Date.now(), error: { code: 'graph_error', message: 'broken' } },
    ]);
    const before = writes.length;
    for (const user of (await auth().listUsers()).users) await auth().deleteUser(user.uid);
    const user = await own.newUser();
    expect((await user.call('POST', '/claim', {})).status).toBeGreaterThanOrEqual(400);
    expect((await user.call('GET', '/me')).body).toMatchObject({ admin: false });
    const admin = await own.newAdmin();
    for (const path of ['/purge', '/flush-cache', '/dead-letters/retry'])
      expect((await admin.call('POST', path, {})).status).toBeGreaterThanOrEqual(400);
    expect(cdn.purge).not.toHaveBeenCalled();
    expect(own.enqueued).toEqual([]);
    expect(writes.slice(before)).toEqual([]);
    await own.close();
  });

  test('is only ever added to, whatever is done', async () => {
    const { documents, writes } = recorded(memoryDocuments());
    const own = await serveAdmin(identity, { cdn, documents });
    const admin = await own.newAdmin();
    for (const [method, path, body] of ROUTES) await admin.call(method, path, body);
    await admin.call('GET', '/audit');
    const lines = writes.filter(({ path }) => path.startsWith('admin/state/audit/'));
    expect(lines.length).toBeGreaterThanOrEqual(6);
    expect(new Set(lines.map(({ op }) => op))).toEqual(new Set(['create']));
    await own.close();
  });
});
