import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@langchain/langgraph-sdk';
import { cronsPath } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../config/config.ts';
import { customAuthentication } from '../../custom-auth/authenticate.ts';
import { openAuth, SLOW, type OpenAuth } from '../../custom-auth/testing.ts';
import { uidOfIdentity } from '../../lib/uid.ts';
import type { RunTask } from '../../ports/task-queue.ts';
import { Catalog } from '../../project/catalog.ts';
import { readProject } from '../../project/config.ts';
import { quotasFromConfig } from '../../quotas/from-config.ts';
import { readCron } from '../../runtime/crons/cron.ts';
import { Lab, UID } from '../../runtime/testing/lab.ts';
import { anyCredential } from '../any-credential.ts';
import { serveApi, type ApiServer } from '../testing.ts';
import { startCron } from './crons/start.ts';

/** LangGraph's own client, a project's own `auth` with LangGraph's own class, in a process of its own, and a real worker. */

const MODULE = `
import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';

const stored = new Set(['threads', 'assistants', 'crons']);
export const auth = new Auth()
  .authenticate(async (request: Request) => {
    const [, name, ...permissions] = (request.headers.get('authorization') ?? '').split(' ');
    if (!name) throw new HTTPException(401, { message: 'Who are you?', headers: { 'www-authenticate': 'Custom' } });
    if (name === 'banned') throw new HTTPException(418, { message: 'No tea.' });
    if (name === 'throws') throw new Error('the database password is hunter2');
    return { identity: name, permissions, org: 'acme', asked: request.method + ' ' + new URL(request.url).pathname };
  })
  .on('*', ({ resource, action, value, user, permissions }) => {
    if (permissions.includes('nothing')) return false;
    if (permissions.includes('free')) return true;
    const found = value as { metadata?: Record<string, unknown> };
    const area = permissions[0] ?? 'home';
    if (['create', 'create_run', 'update'].includes(action) && found.metadata) {
      Object.assign(found.metadata, { owner: user.identity, area });
    }
    return stored.has(resource) ? { owner: user.identity, area } : undefined;
  })
  .on('threads:delete', ({ permissions }) => {
    if (!permissions.includes('cleaner')) throw new HTTPException(403, { message: 'Ask a cleaner.' });
  })
  .on('store', ({ action, value, user }) => {
    const item = value as { namespace?: string[] | null };
    if (item.namespace?.[0] === 'secret') return false;
    if (item.namespace?.[0] === 'mine') item.namespace[0] = user.identity;
    if (action === 'put') (value as { value: Record<string, unknown> }).value.by = user.identity;
    return item.namespace?.[0] === 'narrow' ? { by: { $eq: 'nobody' } } : undefined;
  });
`;

const State = Annotation.Root({ does: Annotation<string>, said: Annotation<unknown> });
let release = (): void => {};
let isMended = false;
const graph = new StateGraph(State)
  .addNode('work', async ({ does }, { configurable, signal }) => {
    if (does === 'fails' && !isMended) throw new TypeError('boom');
    if (does === 'asks') return { said: interrupt('ok?') };
    if (does === 'holds') {
      await new Promise<void>((resolve, reject) => {
        release = resolve;
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    return {
      said: {
        user: configurable?.['langgraph_auth_user'],
        id: configurable?.['langgraph_auth_user_id'],
        permissions: configurable?.['langgraph_auth_permissions'],
        user_id: configurable?.['user_id'],
        metadata: configurable?.['tag'],
      },
    };
  })
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

const GRAPH = 'research';
let opened: OpenAuth;
let lab: Lab;
let api: ApiServer;
const working = new Set<Promise<unknown>>();
beforeAll(async () => {
  const deliver = (task: RunTask) => {
    const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
    working.add(done);
  };
  lab = new Lab({
    graph,
    queue: { enqueue: async (task) => void setImmediate(deliver, task), check: async () => {} },
  });
  opened = await openAuth(MODULE);
  const person = { uid: UID, admin: false, anonymous: false };
  api = await serveApi(lab, {
    auth: opened.auth,
    authenticate: anyCredential({
      byToken: async () => person,
      byKey: async () => ({ ...person, key: 'k' }),
      own: { authenticate: customAuthentication(opened.auth), isOurs: (token) => token === 'firebase' },
    }),
  });
}, SLOW);
afterAll(async () => {
  release();
  await Promise.all(working);
  await api.close();
  await opened.close();
});

/** `who`: a name, and what they may do. */
const clientOf = (who: string) =>
  new Client({
    apiUrl: `${api.url}/api`,
    apiKey: null,
    defaultHeaders: { authorization: `Custom ${who}` },
    callerOptions: { maxRetries: 0 },
  });
const call = (who: string, method: string, path: string, body?: unknown) =>
  api.call(method, path, body, { authorization: `Custom ${who}` });

describe('two users', () => {
  test('see, cancel, join, stream and answer nothing of each other', { timeout: SLOW }, async () => {
    const [ada, bob] = [clientOf('ada'), clientOf('bob')];
    const { thread_id } = await ada.threads.create({ metadata: { topic: 'tea' } });
    const held = await ada.runs.create(thread_id, GRAPH, { input: { does: 'holds' } });
    await expect
      .poll(async () => (await ada.runs.get(thread_id, held.run_id)).status, { timeout: SLOW })
      .toBe('running');
    const refused = [
      bob.threads.get(thread_id),
      bob.threads.getState(thread_id),
      bob.threads.getHistory(thread_id),
      bob.threads.update(thread_id, { metadata: { topic: 'stolen' } }),
      bob.threads.copy(thread_id),
      bob.runs.list(thread_id),
      bob.runs.get(thread_id, held.run_id),
      bob.runs.cancel(thread_id, held.run_id),
      bob.runs.join(thread_id, held.run_id),
      bob.runs.create(thread_id, GRAPH, { input: {} }),
      bob.runs.create(thread_id, GRAPH, { command: { resume: 'yes' } }),
    ];
    for (const answer of await Promise.allSettled(refused)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { status: 404 } });
    }
    const paths = ['', '/events', '/stream', '/trace', '/webhooks', '/answer', '/retry', '/cancel'];
    for (const path of paths) {
      const method = ['/answer', '/retry', '/cancel'].includes(path) ? 'POST' : 'GET';
      const body = path === '/answer' ? { answers: { q: true } } : undefined;
      expect((await call('bob', method, `/runs/${held.run_id}${path}`, body)).status, path).toBe(404);
    }
    expect(await bob.threads.search()).toEqual([]);
    expect(await bob.threads.count()).toBe(0);
    expect((await call('bob', 'GET', '/runs')).body).toMatchObject({ runs: [] });
    expect((await ada.runs.get(thread_id, held.run_id)).status).toBe('running');
    await ada.runs.cancel(thread_id, held.run_id, true);
    expect((await ada.threads.get(thread_id)).metadata).toMatchObject({ topic: 'tea' });
  });

  test(
    'and their graphs learn who they are, also from an answer; nobody says so themselves',
    { timeout: SLOW },
    async () => {
      const ada = clientOf('ada home write');
      const user = { identity: 'ada', permissions: ['home', 'write'], org: 'acme', is_authenticated: true };
      const about = { user, id: 'ada', permissions: ['home', 'write'], user_id: 'ada' };
      const made = await ada.runs.wait(null, GRAPH, { input: {} });
      expect(made).toMatchObject({ said: { ...about, user: { display_name: 'ada' } } });
      const { thread_id } = await ada.threads.create();
      expect(await ada.runs.wait(thread_id, GRAPH, { input: { does: 'asks' } })).toHaveProperty(
        '__interrupt__',
      );
      const [open] = await ada.runs.list(thread_id);
      expect(open).toMatchObject({
        kwargs: { config: { configurable: { langgraph_auth_user_id: 'ada' } } },
      });
      expect(await ada.runs.wait(thread_id, GRAPH, { command: { resume: 'yes' } })).toMatchObject({
        said: 'yes',
      });
      for (const name of ['langgraph_auth_user', 'langgraph_auth_user_id', 'langgraph_auth_permissions']) {
        const config = { configurable: { [name]: 'root' } };
        await expect(ada.runs.create(null, GRAPH, { input: {}, config })).rejects.toThrow(
          /is set by the server/,
        );
      }
    },
  );

  test(
    'and a retry, and a run of a cron, has the user of the one who asked for it',
    { timeout: SLOW },
    async () => {
      const ada = clientOf('ada home write');
      const { thread_id } = await ada.threads.create();
      const failed = await ada.runs.create(thread_id, GRAPH, { input: { does: 'fails' } });
      await ada.runs.join(thread_id, failed.run_id).catch(() => undefined);
      isMended = true;
      const retried = await call('ada home', 'POST', `/runs/${failed.run_id}/retry`);
      expect(retried.status).toBe(201);
      const { run_id } = retried.body as { run_id: string };
      const permissions = ['home', 'write'];
      expect(await ada.runs.join(thread_id, run_id)).toMatchObject({ said: { id: 'ada', permissions } });

      await ada.crons.create(GRAPH, { schedule: '* * * * *', input: {} });
      const uid = uidOfIdentity('ada');
      const [doc] = await lab.documents.query({ collection: cronsPath(uid) });
      if (doc === undefined) throw new Error('the cron is not stored');
      const { store, queue, documents } = lab;
      const config = parseConfig({ GOOGLE_CLOUD_PROJECT: 'demo-api', WORKER_URL: 'http://127.0.0.1:1/' });
      const catalog = new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 });
      const quotas = quotasFromConfig(config, documents, store.clock);
      await startCron({ store, queue, catalog, quotas }, readCron(doc), 'by-the-clock');
      expect((await call('ada home', 'GET', '/runs/by-the-clock/join')).body).toMatchObject({
        said: { id: 'ada', permissions },
      });
    },
  );

  test('are users with a space and quotas of their own, no accounts and no administrators', async () => {
    expect(uidOfIdentity('ada')).toMatch(/^auth:[\da-f]{128}$/);
    const made = await call('ada', 'POST', '/runs', { assistant_id: GRAPH, input: {} });
    expect(made.body).toMatchObject({ longrun: { owner: uidOfIdentity('ada') } });
    for (const [method, path] of [
      ['POST', '/keys'],
      ['GET', '/keys'],
      ['DELETE', '/keys/k'],
    ] as const) {
      const body = method === 'POST' ? { name: 'n' } : undefined;
      expect((await call('ada free', method, path, body)).status, path).toBe(403);
    }
    expect((await call('ada free', 'GET', '/admin/overview')).status).toBe(404);
  });
});

describe('handlers', () => {
  test(
    'what they write into a value is kept, and what they filter is narrowed to it',
    { timeout: SLOW },
    async () => {
      const [home, work] = [clientOf('cleo home'), clientOf('cleo work')];
      const { thread_id, metadata } = await home.threads.create({ metadata: { topic: 'tea', owner: 'bob' } });
      expect(metadata).toEqual({ topic: 'tea', owner: 'cleo', area: 'home' });
      expect(await home.threads.search()).toMatchObject([{ thread_id }]);
      expect(await work.threads.search()).toEqual([]);
      expect([await home.threads.count(), await work.threads.count()]).toEqual([1, 0]);
      await expect(work.threads.get(thread_id)).rejects.toMatchObject({ status: 404 });
      await expect(work.runs.create(thread_id, GRAPH, { input: {} })).rejects.toMatchObject({ status: 404 });
      await expect(
        work.threads.create({ threadId: thread_id, ifExists: 'do_nothing' }),
      ).rejects.toMatchObject({ status: 409 });
      const run = await home.runs.create(thread_id, GRAPH, { input: {}, metadata: { owner: 'bob' } });
      expect(run.metadata).toMatchObject({ owner: 'cleo', area: 'home' });
      await home.runs.join(thread_id, run.run_id);
      const [batched] = await home.runs.createBatch([{ assistantId: GRAPH, input: {} }]);
      expect(batched?.metadata).toMatchObject({ owner: 'cleo' });
      expect((await call('cleo work', 'GET', `/runs/${run.run_id}`)).status).toBe(404);
      expect((await call('cleo work', 'GET', `/runs/${run.run_id}/events`)).status).toBe(404);
      expect((await call('cleo work', 'GET', '/runs')).body).toMatchObject({ runs: [] });
      expect((await call('cleo work', 'POST', '/runs/cancel', { run_ids: [run.run_id] })).status).toBe(404);
      const copy = await home.threads.copy(thread_id);
      expect(copy).toMatchObject({ metadata: { owner: 'cleo' } });
      await expect(work.threads.copy(thread_id)).rejects.toMatchObject({ status: 404 });
      const pruned = { thread_ids: [thread_id], strategy: 'delete' };
      const assistant = await home.assistants.create({ graphId: GRAPH, metadata: { team: 'blue' } });
      expect(assistant.metadata).toEqual({ team: 'blue', owner: 'cleo', area: 'home' });
      expect(await work.assistants.search()).toEqual([]);
      expect(await home.assistants.search()).toHaveLength(1);
      await expect(work.assistants.get(assistant.assistant_id)).rejects.toMatchObject({ status: 404 });
      await expect(work.assistants.update(assistant.assistant_id, { name: 'stolen' })).rejects.toMatchObject({
        status: 404,
      });
      const cron = await home.crons.create(GRAPH, { schedule: '0 0 1 1 *', input: {}, metadata: { a: 1 } });
      expect(await home.crons.search()).toMatchObject([{ metadata: { a: 1, owner: 'cleo', area: 'home' } }]);
      expect(await work.crons.search()).toEqual([]);
      const id = (cron as unknown as { cron_id: string }).cron_id;
      expect((await call('cleo work', 'GET', `/runs/crons/${id}`)).status).toBe(404);
      expect((await call('cleo home', 'PATCH', `/runs/crons/${id}`, { enabled: false })).body).toMatchObject({
        metadata: { a: 1, owner: 'cleo' },
      });
      await expect(work.crons.delete(id)).rejects.toMatchObject({ status: 404 });
      expect((await call('cleo cleaner', 'POST', '/threads/prune', pruned)).body).toEqual({
        pruned_count: 1,
      });
    },
  );

  test('a command of a thread is asked about as what it starts', async () => {
    const command = (who: string, method: string, params: object) =>
      call(who, 'POST', '/threads/talk/commands', { id: 1, method, params });
    const start = { assistant_id: GRAPH, input: {}, metadata: { owner: 'bob' } };
    expect((await command('dan nothing', 'run.start', start)).status).toBe(403);
    const { body } = await command('dan', 'run.start', start);
    const { run_id } = (body as { result: { run_id: string } }).result;
    // The thread that it made passes the filter of the one who made it.
    expect((await call('dan', 'GET', `/threads/talk/runs/${run_id}`)).body).toMatchObject({
      metadata: { owner: 'dan' },
    });
    expect((await call('dan work', 'GET', `/threads/talk/runs/${run_id}`)).status).toBe(404);
    expect((await command('dan work', 'state.get', {})).status).toBe(404);
    expect((await command('dan work', 'run.start', start)).status).toBe(404);
  });

  test('memory: the place is theirs to change, to forbid and to narrow', async () => {
    const eve = clientOf('eve');
    await eve.store.putItem(['mine'], 'k', { v: 1 });
    expect(await eve.store.getItem(['eve'], 'k')).toMatchObject({ value: { v: 1, by: 'eve' } });
    expect(await eve.store.getItem(['mine'], 'k')).toMatchObject({ namespace: ['eve'] });
    expect((await eve.store.searchItems(['mine'])).items).toHaveLength(1);
    expect((await eve.store.searchItems(['narrow'])).items).toEqual([]);
    await expect(eve.store.putItem(['secret'], 'k', {})).rejects.toMatchObject({ status: 403 });
    await expect(eve.store.getItem(['secret'], 'k')).rejects.toMatchObject({ status: 403 });
    await expect(eve.store.putItem(['narrow'], 'k', {})).rejects.toMatchObject({ status: 403 });
    await eve.store.deleteItem(['mine'], 'k');
    expect(await eve.store.getItem(['eve'], 'k')).toBeNull();
  });

  test('false is 403; an HTTPException is its own answer; anything else says nothing', async () => {
    await expect(clientOf('fay nothing').threads.create()).rejects.toMatchObject({ status: 403 });
    for (const path of ['/graphs', '/library/x', '/runs', '/info', '/ok']) {
      expect((await call('fay nothing', 'GET', path)).status, path).toBe(/info|ok/.test(path) ? 200 : 403);
    }
    const { thread_id } = await clientOf('fay').threads.create();
    const kept = await call('fay', 'DELETE', `/threads/${thread_id}`);
    expect(kept).toMatchObject({
      status: 403,
      body: { error: { code: 'forbidden', message: 'Ask a cleaner.' } },
    });
    const nobody = await api.call('GET', '/graphs');
    expect(nobody).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated', message: 'Who are you?' } },
    });
    expect(nobody.headers.get('www-authenticate')).toBe('Custom');
    expect(await call('banned', 'GET', '/graphs')).toMatchObject({
      status: 418,
      body: { error: { code: 'auth_refused', message: 'No tea.' } },
    });
    const failed = await call('throws', 'GET', '/graphs');
    expect(failed).toMatchObject({ status: 500, body: { error: { code: 'auth_error' } } });
    expect(JSON.stringify(failed.body)).not.toContain('hunter2');
  });

  test('are not asked about accounts and keys of ours', async () => {
    for (const headers of [{ authorization: 'Bearer firebase' }, { 'x-api-key': 'lr_key' }]) {
      expect((await api.call('POST', '/threads', {}, headers)).body).toMatchObject({ metadata: {} });
    }
  });
});

test('fifty requests at the same time each get their own user', { timeout: SLOW }, async () => {
  const names = Array.from({ length: 50 }, (_, i) => `user-${i}`);
  const made = await Promise.all(names.map((name) => clientOf(name).threads.create()));
  expect(made.map(({ metadata }) => metadata?.['owner'])).toEqual(names);
});

describe('while the module cannot be loaded', () => {
  test(
    'its users are refused, those of ours are not, and it is told where it can be mended',
    { timeout: SLOW },
    async () => {
      const broken = await openAuth(`throw new Error('KEY is missing');`);
      const person = { uid: UID, admin: false, anonymous: false };
      const shut = await serveApi(new Lab({ graph: undefined }), {
        auth: broken.auth,
        authenticate: anyCredential({
          byToken: async () => person,
          byKey: async () => person,
          own: { authenticate: customAuthentication(broken.auth), isOurs: (token) => token === 'firebase' },
        }),
      });
      onTestFinished(async () => {
        await shut.close();
        await broken.close();
      });
      const refused = await shut.call('POST', '/threads', {}, { authorization: 'Custom ada' });
      expect(refused).toMatchObject({ status: 503, body: { error: { code: 'auth_unavailable' } } });
      expect(JSON.stringify(refused.body)).not.toContain('KEY');
      const health = await shut.call('GET', '/health');
      expect(health).toMatchObject({ status: 503, body: { status: 'degraded', auth: { state: 'broken' } } });
      expect(JSON.stringify(health.body)).not.toContain('KEY');
      const { body } = await shut.call('GET', '/graphs', undefined, { authorization: 'Bearer firebase' });
      const message = expect.stringContaining('KEY is missing');
      expect(body).toMatchObject({ auth: { error: { code: 'auth_unavailable', message } } });
      expect((await shut.call('GET', '/ok')).status).toBe(200);
    },
  );
});
