import { randomBytes } from 'node:crypto';
import {
  Annotation,
  END,
  entrypoint,
  interrupt,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { threadPath } from '@longrun/shared';
import { expect, onTestFinished, test } from 'vitest';
import { localReader } from '../../../graph-reader/testing.ts';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import { blobsOf } from '../../../runtime/saver/keys.ts';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { serveApi } from '../../testing.ts';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const graph = new StateGraph(State)
  .addNode('greet', () => ({ messages: [{ role: 'assistant', content: 'hello' }], log: ['greet'] }))
  .addNode('ask', ({ log }) =>
    log.includes('quiet') ? {} : { log: [String(interrupt({ question: 'approve?' }))] },
  )
  .addNode('end', () => ({ log: ['end'] }))
  .addEdge(START, 'greet')
  .addEdge('greet', 'ask')
  .addEdge('ask', 'end')
  .addEdge('end', END)
  .compile();

type Thread = Record<string, unknown> & { thread_id: string };

async function open() {
  const lab = new Lab({ graph });
  const api = await serveApi(lab, { reader: localReader(lab.store, graph) });
  onTestFinished(() => api.close());
  const input = (text: string, log: string[] = []) => ({
    input: { messages: [{ role: 'user', content: text, id: `m-${text}` }], log },
  });
  /** A thread whose run has ended. */
  const talked = async (thread_id: string) =>
    await lab.work(await lab.create({ thread_id, ...input(thread_id, ['quiet']) }));
  /** One whose run asks. */
  const asked = async (thread_id: string) =>
    await lab.work(await lab.create({ thread_id, ...input(thread_id) }));
  const search = async (body: object = {}) => {
    const { status, body: threads, headers } = await api.call<Thread[]>('POST', '/threads/search', body);
    expect(status).toBe(200);
    return { threads, ids: threads.map(({ thread_id }) => thread_id), headers };
  };
  return { lab, api, talked, asked, search, input };
}

test('a thread is made, again only on wish, changed, and removed', async () => {
  const { api } = await open();
  const made = await api.call('POST', '/threads', { thread_id: 'a', metadata: { topic: 'tea' } });
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    thread_id: 'a',
    status: 'idle',
    metadata: { topic: 'tea' },
    config: {},
    interrupts: {},
    created_at: expect.stringMatching(/Z$/),
    longrun: { title: '', active_run_id: null },
  });
  expect(made.body).not.toHaveProperty('values');
  expect((await api.call('POST', '/threads', { thread_id: 'a' })).status).toBe(409);
  const same = { thread_id: 'a', if_exists: 'do_nothing', metadata: { topic: 'other' } };
  expect((await api.call('POST', '/threads', same)).body).toMatchObject({ metadata: { topic: 'tea' } });
  const patch = { metadata: { more: [1] } };
  expect((await api.call('PATCH', '/threads/a', patch)).body).toMatchObject({
    metadata: { topic: 'tea', more: [1] },
  });
  const minimal = { prefer: 'return=minimal' };
  expect(await api.call('PATCH', '/threads/a', patch, minimal)).toMatchObject({ status: 204, body: null });
  const odd = await api.call('POST', '/threads', { thread: 'b' });
  expect(odd).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('"thread"') } },
  });
  expect((await api.call('DELETE', '/threads/a')).status).toBe(204);
  for (const [method, path] of [
    ['GET', '/threads/a'],
    ['PATCH', '/threads/a'],
    ['DELETE', '/threads/a'],
    ['GET', '/threads/a/state'],
    ['POST', '/threads/a/history'],
    ['POST', '/threads/a/copy'],
  ] as const) {
    expect((await api.call(method, path, method === 'GET' ? undefined : {})).status).toBe(404);
  }
});

test('the thread of a run that asks -> its values, its question by task, its config, the ids lists are filtered by', async () => {
  const { lab, api, input } = await open();
  const config = { configurable: { who: 'me' } };
  const run = await lab.work(await lab.create({ thread_id: 'a', ...input('hi'), config }));
  const { body } = await api.call<Thread>('GET', '/threads/a');
  const state = await api.call<{ tasks: { id: string }[] }>('GET', '/threads/a/state');
  expect(body).toMatchObject({
    status: 'interrupted',
    values: {
      messages: [
        { type: 'human', content: 'hi', id: 'm-hi' },
        { type: 'ai', content: 'hello' },
      ],
      log: ['greet'],
    },
    metadata: { graph_id: 'lab', assistant_id: defaultAssistantId('lab') },
    config,
    longrun: { active_run_id: run.run_id },
  });
  expect(body['interrupts']).toEqual({
    [state.body.tasks[0]?.id ?? '']: [{ id: run.interrupts[0]?.id, value: { question: 'approve?' } }],
  });
});

test('threads are found by metadata, status, values and ids, in the order that is asked, page by page', async () => {
  const { api, talked, asked, search } = await open();
  await talked('a');
  await asked('b');
  await api.call('POST', '/threads', { thread_id: 'c', metadata: { topic: { name: 'tea', hot: true } } });
  expect((await search()).ids).toEqual(['c', 'b', 'a']);
  expect((await search({ sort_order: 'asc' })).ids).toEqual(['a', 'b', 'c']);
  expect((await search({ sort_by: 'thread_id', sort_order: 'asc', limit: 2 })).ids).toEqual(['a', 'b']);
  expect((await search({ sort_by: 'status', sort_order: 'asc' })).ids).toEqual(['a', 'c', 'b']);
  expect((await search({ metadata: { graph_id: 'lab' } })).ids).toEqual(['b', 'a']);
  expect((await search({ metadata: { topic: { name: 'tea' } } })).ids).toEqual(['c']);
  expect((await search({ status: 'interrupted' })).ids).toEqual(['b']);
  expect((await search({ values: { log: ['end'] } })).ids).toEqual(['a']);
  expect((await search({ ids: ['a', 'c', 'nobody'] })).ids).toEqual(['c', 'a']);
  const page = await search({ limit: 1, offset: 1 });
  expect(page.ids).toEqual(['b']);
  expect(page.headers.get('x-pagination-next')).toBe('2');
  const last = await search({ limit: 2, offset: 1 });
  expect(last.headers.get('x-pagination-next')).toBe(null);
  expect(last.headers.get('x-pagination-total')).toBe('3');
  for (const [filter, count] of [
    [{}, 3],
    [{ status: 'idle' }, 2],
    [{ values: { log: ['end'] } }, 1],
    [{ metadata: { graph_id: 'other' } }, 0],
  ]) {
    expect((await api.call('POST', '/threads/count', filter)).body).toBe(count);
  }
});

test('a search shows the fields that are asked for, and what is extracted', async () => {
  const { talked, search } = await open();
  await talked('a');
  const select = ['thread_id', 'status'];
  expect((await search({ select })).threads).toEqual([{ thread_id: 'a', status: 'idle' }]);
  const extract = { last: 'values.messages[-1].content', none: 'values.nothing[3].there' };
  expect((await search({ select, extract })).threads).toEqual([
    { thread_id: 'a', status: 'idle', extracted: { last: 'hello', none: null } },
  ]);
});

test('a thread with supersteps -> a checkpoint each; without a graph, or refused by LangGraph -> 400, and no thread', async () => {
  const { api } = await open();
  const supersteps = [
    { updates: [{ values: { log: ['one'] }, as_node: '__start__' }] },
    { updates: [{ values: { log: ['two'] }, as_node: 'greet' }] },
  ];
  const made = await api.call('POST', '/threads', {
    thread_id: 'a',
    metadata: { graph_id: 'lab' },
    supersteps,
  });
  expect(made.body).toMatchObject({ status: 'interrupted', values: { log: ['one', 'two'] } });
  const history = await api.call<unknown[]>('POST', '/threads/a/history', {});
  expect(history.body).toHaveLength(2);
  expect((await api.call('POST', '/threads', { thread_id: 'b', supersteps })).status).toBe(400);
  const wrong = [{ updates: [{ values: {}, as_node: 'nobody' }] }];
  const refused = { thread_id: 'b', metadata: { graph_id: 'lab' }, supersteps: wrong };
  expect((await api.call('POST', '/threads', refused)).status).toBe(400);
  expect((await api.call('GET', '/threads/b')).status).toBe(404);
});

test('state: of an empty thread, at a checkpoint by id or object, and only some of it', async () => {
  const { api, talked } = await open();
  await api.call('POST', '/threads', { thread_id: 'empty' });
  const empty = {
    values: {},
    next: [],
    tasks: [],
    checkpoint: null,
    parent_checkpoint: null,
    created_at: null,
  };
  expect(await api.call('GET', '/threads/empty/state')).toMatchObject({ status: 200, body: empty });
  expect((await api.call('POST', '/threads/empty/history', {})).body).toEqual([]);
  await talked('a');
  type State = { checkpoint: { checkpoint_id: string } };
  const { body: all } = await api.call<State[]>('POST', '/threads/a/history', { limit: 1_000 });
  expect(all).toHaveLength(5);
  const older = all[2];
  const id = older?.checkpoint.checkpoint_id ?? '';
  expect((await api.call('GET', `/threads/a/state/${id}`)).body).toMatchObject({
    next: ['ask'],
    values: { log: ['quiet', 'greet'] },
  });
  const at = { checkpoint: older?.checkpoint };
  expect((await api.call('POST', '/threads/a/state/checkpoint', at)).body).toMatchObject({ next: ['ask'] });
  const select = await api.call('GET', '/threads/a/state?select=next&select=values.log');
  expect(select.body).toEqual({ next: [], values: { log: ['quiet', 'greet', 'end'] } });
  for (const before of [id, older?.checkpoint, { configurable: { checkpoint_id: id } }]) {
    const { body } = await api.call<State[]>('POST', '/threads/a/history', { before, limit: 1 });
    expect(body).toEqual([all[3]]);
  }
  expect((await api.call('GET', `/threads/a/history?limit=2&before=${id}`)).body).toEqual(all.slice(3, 5));
  expect((await api.call('GET', '/threads/a/state/00000000-0000-0000-0000-000000000000')).status).toBe(404);
});

test('an edit of a thread whose run asks -> the question is gone with its run, and what is next stands', async () => {
  const { lab, api, asked } = await open();
  const run = await asked('a');
  const { body } = await api.call('POST', '/threads/a/state', { values: { log: ['mine'] }, as_node: 'ask' });
  expect(body).toEqual({
    checkpoint: expect.objectContaining({ thread_id: 'a', checkpoint_ns: '' }),
  });
  expect((await api.call('GET', '/threads/a')).body).toMatchObject({
    status: 'interrupted',
    values: { log: ['greet', 'mine'] },
    interrupts: {},
    longrun: { active_run_id: null },
  });
  expect((await lab.read(run)).status).toBe('cancelled');
  const end = { values: { log: ['done'] }, as_node: 'end' };
  await api.call('POST', '/threads/a/state', end);
  expect((await api.call('GET', '/threads/a')).body).toMatchObject({ status: 'idle' });
  const next = await lab.work(await lab.create({ thread_id: 'a', input: { log: ['quiet'] } }));
  expect(next.output).toMatchObject({ log: ['greet', 'mine', 'done', 'quiet', 'greet', 'end'] });
});

test('what the functional API returned is the state', async () => {
  const flow = entrypoint('flow', ({ n }: { n: number }) => Promise.resolve({ doubled: 2 * n }));
  const lab = new Lab({ graph: flow });
  const api = await serveApi(lab, { reader: localReader(lab.store, flow) });
  onTestFinished(() => api.close());
  await lab.work(await lab.create({ thread_id: 'a', input: { n: 4 } }));
  for (const path of ['/threads/a', '/threads/a/state']) {
    expect((await api.call('GET', path)).body).toMatchObject({ values: { doubled: 8 } });
  }
});

test('an edit while a run goes on -> 409; of a thread without a graph -> 400', async () => {
  const { lab, api } = await open();
  await lab.create({ thread_id: 'a', input: {} });
  const edit = { values: { log: ['mine'] }, as_node: 'ask' };
  expect(await api.call('POST', '/threads/a/state', edit)).toMatchObject({
    status: 409,
    body: { error: { code: 'thread_busy' } },
  });
  await api.call('POST', '/threads', { thread_id: 'b' });
  expect((await api.call('POST', '/threads/b/state', edit)).status).toBe(400);
});

test('a copy has the state and the history, and neither thread sees the other', async () => {
  const { lab, api, asked } = await open();
  await asked('a');
  const { body: copy } = await api.call<Thread>('POST', '/threads/a/copy');
  expect(copy).toMatchObject({
    status: 'interrupted',
    values: { log: ['greet'] },
    metadata: { graph_id: 'lab', thread_id: copy.thread_id },
  });
  const { body: history } = await api.call<{ checkpoint: Thread }[]>(
    'POST',
    `/threads/${copy.thread_id}/history`,
    {},
  );
  expect(history.map(({ checkpoint }) => checkpoint.thread_id)).toEqual(Array(3).fill(copy.thread_id));
  await api.call('DELETE', '/threads/a');
  const edit = { values: { log: ['copied'] }, as_node: 'ask' };
  await api.call('POST', `/threads/${copy.thread_id}/state`, edit);
  const run = await lab.work(await lab.create({ thread_id: copy.thread_id, input: { log: ['quiet'] } }));
  expect(run.output).toMatchObject({ log: ['greet', 'copied', 'quiet', 'greet', 'end'] });
});

test('a copy of a long history and of large values is whole', async () => {
  const { lab, api, talked } = await open();
  await talked('a');
  // Too much for the checkpoint's own document.
  const large = randomBytes(740_000).toString('base64');
  const input = { messages: [{ role: 'user', content: large }], log: ['quiet'] };
  await lab.work(await lab.create({ thread_id: 'a', input }));
  const blobs = await lab.documents.query({ collection: blobsOf(threadPath(UID, 'a')) });
  expect(blobs.length).toBeGreaterThan(0);
  await talked('a');
  const { body: copy } = await api.call<Thread>('POST', '/threads/a/copy');
  type State = { values: unknown };
  const valuesOf = async (id: string) =>
    (await api.call<State[]>('POST', `/threads/${id}/history`, { limit: 100 })).body.map(
      ({ values }) => values,
    );
  const values = await valuesOf(copy.thread_id);
  expect(values).toHaveLength(15);
  expect(values).toEqual(await valuesOf('a'));
});

test('among many threads an old one is found', async () => {
  const { lab, search, api } = await open();
  const at = (i: number) => new Date(Date.UTC(2026, 0, 1) + (i % 50)).toISOString();
  await lab.documents.commit(
    Array.from({ length: 700 }, (_, i) => ({
      op: 'create' as const,
      path: threadPath(UID, `t${i}`),
      fields: { thread_id: `t${i}`, created_at: at(i), updated_at: at(i), metadata: { i }, status: 'idle' },
    })),
  );
  for (const i of [0, 50, 650, 699]) {
    expect((await search({ metadata: { i } })).ids).toEqual([`t${i}`]);
    expect((await search({ metadata: { i }, sort_by: 'thread_id' })).ids).toEqual([`t${i}`]);
  }
  expect((await api.call('POST', '/threads/count', {})).body).toBe(700);
  const select = ['thread_id'];
  const pages = await Promise.all([0, 300, 600].map((offset) => search({ limit: 300, offset, select })));
  expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(700);
});

test('pruned are threads on which nothing goes on', async () => {
  const { lab, api, talked, asked, search } = await open();
  await talked('a');
  await asked('b');
  await lab.create({ thread_id: 'busy', input: {} });
  const thread_ids = ['a', 'b', 'busy', 'nobody'];
  const { body } = await api.call('POST', '/threads/prune', { thread_ids });
  expect(body).toEqual({ pruned_count: 2 });
  expect((await search()).ids).toEqual(['busy']);
});

test("another user's threads are not there", async () => {
  const { lab, api, search } = await open();
  await lab.documents.commit([
    { op: 'create', path: threadPath('eve', 'hers'), fields: { thread_id: 'hers', created_at: '2026' } },
  ]);
  expect((await search()).ids).toEqual([]);
  expect((await search({ ids: ['hers'] })).ids).toEqual([]);
  expect((await api.call('GET', '/threads/hers')).status).toBe(404);
  expect(UID).not.toBe('eve');
});
