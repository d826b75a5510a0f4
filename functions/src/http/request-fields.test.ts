import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { isObject, type Run } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { askFor, serveApi, type ApiServer } from './testing.ts';

const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('one', () => ({ n: 1 }))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile();

let lab: Lab;
let api: ApiServer;
beforeAll(async () => {
  lab = new Lab({ graph });
  api = await serveApi(lab);
});
afterAll(() => api.close());

const RUN = { assistant_id: 'research' };
const refused = (words: string) => ({
  status: 400,
  body: { error: { code: 'invalid_request', message: expect.stringContaining(words) } },
});
const create = (more: object, headers?: Record<string, string>) =>
  askFor(api, { ...RUN, ...more }, { headers });

describe('POST /runs: a field that is obeyed is in the run', () => {
  test.each<[object, object]>([
    [{ context: { tenant: 'acme' } }, { context: { tenant: 'acme' } }],
    [{ interrupt_before: ['step'] }, { interrupt_before: ['step'], interrupt_after: null }],
    [{ interrupt_after: '*' }, { interrupt_after: '*' }],
    [
      {
        config: { max_concurrency: 2, tags: ['a'], recursion_limit: 9, metadata: { a: 1 } },
      },
      {
        config: { max_concurrency: 2, tags: ['a'], recursion_limit: 9, metadata: { a: 1 } },
      },
    ],
    [
      { config: { configurable: { a: [1] }, tags: null } },
      { config: { configurable: { a: [1], 'user-agent': 'node' } } },
    ],
  ])('%j', async (asked, found) => {
    const { status, body } = await create(asked);
    expect(status).toBe(200);
    expect(body).toMatchObject(found);
  });

  test.each([
    { durability: 'exit', on_disconnect: 'continue', on_completion: 'keep', if_not_exists: 'create' },
    { on_disconnect: 'cancel', checkpoint_during: false, strict_resume: true },
    { langsmith_tracer: { project_name: 'p', example_id: 'e' }, feedback_keys: [] },
    { command: null, checkpoint: null, after_seconds: null, feedback_keys: null, webhook: null },
  ])('%j changes nothing, and says so in the documentation', async (asked) => {
    expect((await create(asked)).status).toBe(200);
  });
});

describe('POST /runs: what is not obeyed is refused by its name', () => {
  test.each<[object, string]>([
    [{ command: { resumee: 'yes' } }, 'body.command: unknown field "resumee" (did you mean resume?)'],
    [{ command: { goto: [1] } }, 'body.command.goto'],
    [{ checkpoint: { checkpoint_id: 1 } }, 'body.checkpoint.checkpoint_id'],
    [{ checkpoint: { id: 'x' } }, 'body.checkpoint: unknown field "id"'],
    [{ after_seconds: -1 }, 'after_seconds'],
    [{ after_seconds: 30 * 86_400 }, 'after_seconds'],
    [{ feedback_keys: ['a'] }, 'feedback_keys: is not supported: it needs LangSmith'],
    [{ supersteps: [] }, 'supersteps'],
    [{ ttl: { ttl: 1 } }, 'ttl'],
    [{ on_disconnect: 'never' }, 'on_disconnect'],
    [{ on_completion: 'never' }, 'on_completion'],
    [{ durability: 'never' }, 'durability'],
    [{ stream_mode: 'everything' }, 'stream_mode'],
    [{ interrupt_before: 'step' }, 'interrupt_before: must be "*" or a list'],
    [{ interrupt_before: Array.from({ length: 101 }, (_, i) => `n${i}`) }, 'interrupt_before'],
    [{ context: 'text' }, 'context'],
    [{ multitaskStrategy: 'enqueue', webhok: 'x' }, '"multitaskStrategy" (did you mean multitask_strategy?)'],
    [{ webhok: 'https://example.org' }, 'unknown field "webhok" (did you mean webhook?)'],
    [{ foo: null }, 'unknown field "foo"; known are assistant_id, input'],
    [
      { config: { callbacks: [] } },
      'body.config: unknown field "callbacks"; known are tags, recursion_limit',
    ],
    [{ config: { recursionLimit: 5 } }, 'did you mean recursion_limit?'],
    [{ config: { recursion_limit: 0 } }, 'config.recursion_limit'],
    [{ config: { recursion_limit: 1.5 } }, 'config.recursion_limit'],
    [{ config: { max_concurrency: 0 } }, 'config.max_concurrency'],
    [{ config: { configurable: { __pregel_read: 1 } } }, 'config.configurable: keys that begin with "__"'],
    [{ config: { configurable: { user_id: 'someone-else' } } }, 'config.configurable.user_id'],
    [{ config: { configurable: { thread_id: 'another' } } }, 'config.configurable.thread_id'],
  ])('%j', async (asked, words) => {
    expect(await create(asked)).toMatchObject(refused(words));
  });

  test('a key that would be lost on its way', async () => {
    const body = '{"assistant_id":"research","input":{"deep":[{"__proto__":{"a":1}}]}}';
    expect(await api.call('POST', '/runs', body)).toMatchObject(refused('body.input.deep.0'));
  });

  test.each(['run_id', 'user_id', 'thread_id'])(
    'configurable.%s as the server sets it is fine',
    async (name) => {
      const own = { run_id: 'own-run', user_id: UID, thread_id: 'own-thread' }[name];
      const ids = { run_id: name === 'run_id' ? 'own-run' : undefined, thread_id: 'own-thread' };
      const { status } = await create({
        ...ids,
        config: { configurable: { [name]: own } },
        multitask_strategy: 'enqueue',
      });
      expect(status).toBe(200);
    },
  );
});

describe('whether a missing thread is made', () => {
  const on = (thread: string, more: object) =>
    askFor(api, { ...RUN, ...more }, { path: `/threads/${thread}/runs` });

  test('below a thread: not unless if_not_exists says create', async () => {
    expect((await on('missing', {})).status).toBe(404);
    expect((await on('missing', { if_not_exists: 'reject' })).status).toBe(404);
    expect(await on('missing', { if_not_exists: 'create' })).toMatchObject({
      status: 200,
      body: { thread_id: 'missing' },
    });
    expect(await api.call('GET', '/threads/missing')).toMatchObject({ status: 200 });
    expect((await on('missing', { if_not_exists: 'create' })).body).toMatchObject({
      error: { code: 'thread_busy' },
    });
  });

  test('named in the body: unless if_not_exists says reject', async () => {
    expect((await create({ thread_id: 'nowhere', if_not_exists: 'reject' })).status).toBe(404);
    expect((await create({ thread_id: 'nowhere' })).status).toBe(200);
  });

  test('a thread in the path and another in the body -> 400', async () => {
    expect(await on('one', { thread_id: 'other' })).toMatchObject(refused('body.thread_id'));
  });

  test('on_completion "keep" keeps the thread of a run that names none', async () => {
    const kept = async (more: object) => {
      const { body } = await create(more);
      const [thread] = await lab.documents.get([`users/${UID}/threads/${body.thread_id}`]);
      return thread?.fields['kept'];
    };
    expect(await kept({ on_completion: 'keep' })).toBe(true);
    expect(await kept({})).toBe(false);
  });
});

describe('every other route takes what it knows, and nothing else', () => {
  test.each<[method: string, path: string, body: unknown, words: string]>([
    ['POST', '/threads', { ttl: { ttl: 60, strategy: 'keep_latest' } }, 'body.ttl: must be minutes, or'],
    ['POST', '/threads', { ifExists: 'raise' }, 'did you mean if_exists?'],
    ['POST', '/runs/RUN/answer', { answers: { a: 1 }, by: 'me' }, 'unknown field "by"'],
    ['POST', '/runs/RUN/cancel', { action: 'stop' }, 'body.action'],
    ['POST', '/runs/RUN/cancel?action=stop', undefined, 'query.action'],
    ['POST', '/runs/RUN/cancel?force=x', undefined, 'unknown field "force"'],
    ['POST', '/runs/cancel', {}, 'name runs with run_ids'],
    ['POST', '/runs/cancel', { status: 'success' }, 'body.status'],
    ['POST', '/runs/RUN/retry', { input: {} }, 'unknown field "input"; none is known here'],
    ['GET', '/runs?state=failed', undefined, 'did you mean status?'],
    ['GET', '/runs?offset=3', undefined, 'unknown field "offset"'],
    ['GET', '/threads/THREAD/runs?thread_id=other', undefined, 'unknown field "thread_id"'],
    ['GET', '/runs/RUN?select=input', undefined, 'unknown field "select"'],
    ['GET', '/threads/THREAD/runs?limit=1001', undefined, 'query.limit'],
    ['GET', '/threads/THREAD/runs?status=completed', undefined, 'query.status'],
    ['GET', '/runs/RUN/join?cancel_on_disconnect=2', undefined, 'query.cancel_on_disconnect'],
    ['GET', '/runs/RUN/stream?stream_mode=all', undefined, 'query.stream_mode'],
    ['GET', '/runs/RUN/events?stream_mode=values', undefined, 'unknown field "stream_mode"'],
    ['GET', '/runs/RUN/webhooks?limit=1', undefined, 'unknown field "limit"'],
    ['GET', '/threads/THREAD?state=1', undefined, 'unknown field "state"'],
    ['DELETE', '/runs/RUN?force=1', undefined, 'unknown field "force"'],
  ])('%s %s %j', async (method, path, body, words) => {
    const { body: run } = await create({});
    const at = path.replace('RUN', run.run_id).replace('THREAD', run.thread_id);
    expect(await api.call(method, at, body)).toMatchObject(refused(words));
  });

  test.each([
    ['POST', '/runs/RUN/cancel?wait=1&action=interrupt', undefined],
    ['POST', '/runs/RUN/cancel', { action: 'interrupt', wait: false }],
    ['POST', '/runs/RUN/cancel', undefined],
    ['GET', '/threads/THREAD/runs?limit=5&status=pending', undefined],
  ])('%s %s %j is fine', async (method, path, body) => {
    const { body: run } = await create({});
    const at = path.replace('RUN', run.run_id).replace('THREAD', run.thread_id);
    expect((await api.call(method, at, body)).status).toBe(200);
  });
});

describe('headers of the request', () => {
  const configurable = ({ body }: { body: Run }) => isObject(body.config) && body.config['configurable'];

  test('reach the graph in config.configurable; what the request itself says comes first', async () => {
    const headers = { 'x-customer': 'acme', 'x-plan': 'free', 'user-agent': 'test/1', 'x-api-key': 'k' };
    const run = await create({ config: { configurable: { 'x-plan': 'paid' } } }, headers);
    expect(configurable(run)).toEqual({ 'x-customer': 'acme', 'x-plan': 'paid', 'user-agent': 'test/1' });
  });

  test('the same request from another client is the same request', async () => {
    const once = await create({ run_id: 'from-two' }, { 'user-agent': 'one/1', 'x-a': '1' });
    const again = await create({ run_id: 'from-two' }, { 'user-agent': 'two/2' });
    expect([once.status, again.status]).toEqual([200, 200]);
    expect(configurable(again)).toMatchObject({ 'user-agent': 'one/1', 'x-a': '1' });
  });
});

describe('the same key with another request', () => {
  test.each<object>([
    { run_timeout_s: 5 },
    { step_timeout_s: 5 },
    { multitask_strategy: 'enqueue' },
    { context: { a: 1 } },
    { interrupt_before: '*' },
    { interrupt_after: ['one'] },
    { config: { max_concurrency: 1 } },
    { input: 0 },
  ])('%j -> idempotency_conflict', async (more) => {
    const key = { 'idempotency-key': JSON.stringify(more).replaceAll('"', "'") };
    const { body: run } = await create({}, key);
    expect(await create({}, key)).toMatchObject({ status: 200, body: { run_id: run.run_id } });
    expect(await create(more, key)).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_conflict' } },
    });
  });

  test('keys in another order -> the same run', async () => {
    const once = await create({ run_id: 'ordered', input: { a: 1, b: { c: 1, d: 2 } } });
    const again = await create({ input: { b: { d: 2, c: 1 }, a: 1 }, run_id: 'ordered' });
    expect([once.status, again.status]).toEqual([200, 200]);
    expect(again.body.run_id).toBe(once.body.run_id);
  });
});

describe('the input is any JSON', () => {
  const INPUTS = ['cats', '', [1, 2], [[1], []], 42, 0, true, false, null, {}, { $json: 'x' }];
  test.each(INPUTS.map((input) => ({ input })))('$input', async ({ input }) => {
    const { body: run } = await create({ input });
    expect(run.input).toEqual(input);
    expect((await api.call<Run>('GET', `/runs/${run.run_id}`)).body.input).toEqual(input);
    const [created] = await lab.events(run);
    expect(created).toMatchObject({ type: 'run.created', input });
  });

  test('half an emoji is what every encoder makes of it, in the answer, the document and the log', async () => {
    const { body: run } = await create({
      input: { text: `${'x'.repeat(118)}\ud83d\ude00\ud83d\ude00\ud83d` },
    });
    expect(run.title).toBe(`${'x'.repeat(118)}…`);
    expect(run.input).toEqual({ text: `${'x'.repeat(118)}\ud83d\ude00\ud83d\ude00\ufffd` });
    await lab.read(run);
  });
});
