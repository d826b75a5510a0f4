import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@langchain/langgraph-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localReader } from '../../../../graph-reader/testing.ts';
import type { RunTask } from '../../../../ports/task-queue.ts';
import { Lab } from '../../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../../testing.ts';

/** LangGraph's own client, unchanged, and a real worker. */

const State = Annotation.Root({ text: Annotation<string>, said: Annotation<unknown> });
let release = () => {};
const graph = new StateGraph(State)
  .addNode('first', async ({ text }) => {
    if (text === 'holds') await new Promise<void>((resolve) => (release = resolve));
    return {};
  })
  .addNode('work', ({ text }) => {
    if (text === 'fails') throw new TypeError('boom');
    return { said: text === 'asks' ? interrupt({ question: 'ok?' }) : `${text} done` };
  })
  .addEdge(START, 'first')
  .addEdge('first', 'work')
  .addEdge('work', END)
  .compile();
const GRAPH = 'research';

let lab: Lab;
let api: ApiServer;
let client: Client;
const working = new Set<Promise<unknown>>();
const readers: AbortController[] = [];
beforeAll(async () => {
  const deliver = (task: RunTask) => {
    const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
    working.add(done);
  };
  lab = new Lab({
    graph,
    queue: { enqueue: async (task) => void setImmediate(deliver, task), check: async () => {} },
  });
  api = await serveApi(lab, { reader: localReader(lab.store, graph) });
  client = clientOf(api);
});
afterAll(async () => {
  for (const reader of readers) reader.abort();
  await Promise.all(working);
  await api.close();
});
const clientOf = ({ url }: ApiServer) => new Client({ apiUrl: `${url}/api`, apiKey: null });

interface Part {
  id?: string;
  event: string;
  data: Record<string, unknown>;
}
type Options = NonNullable<Parameters<Client['threads']['joinStream']>[1]>;

/** What a reader of the thread is told, as long as the test goes on. */
function joined(threadId: string, options: Options = {}, on = client): { parts: Part[]; leave: () => void } {
  const leaving = new AbortController();
  readers.push(leaving);
  const parts: Part[] = [];
  const read = async () => {
    const stream = on.threads.joinStream(threadId, { signal: leaving.signal, ...options });
    for await (const part of stream) parts.push(part as unknown as Part);
  };
  read().catch(() => {});
  return { parts, leave: () => leaving.abort() };
}
const done = (parts: Part[]) => parts.filter(({ data }) => data['status'] === 'run_done');
const start = async (threadId: string, text: string, streamMode: 'values'[] = ['values']) =>
  (await client.runs.create(threadId, GRAPH, { input: { text }, streamMode, multitaskStrategy: 'enqueue' }))
    .run_id;
const thread = async () => (await client.threads.create()).thread_id;
const ended = (threadId: string) =>
  expect.poll(async () => (await client.threads.get(threadId)).status, { timeout: 60_000 }).not.toBe('busy');

describe('the stream of a thread', () => {
  test('tells each run in turn, as its own stream does', async () => {
    const threadId = await thread();
    const { parts } = joined(threadId, { lastEventId: '-' });
    const first = await start(threadId, 'one');
    const second = await start(threadId, 'fails');
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(2);
    expect(
      parts.map(({ event, data }) => [event, data['run_id'] ?? data['said'] ?? data['error'] ?? null]),
    ).toEqual([
      ['metadata', first],
      ['values', null],
      ['values', 'one done'],
      ['metadata', first],
      ['metadata', second],
      ['values', 'one done'],
      ['error', 'TypeError'],
      ['metadata', second],
    ]);
    const ids = parts.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('goes on after any event, over the ends of runs, and from the beginning', async () => {
    const threadId = await thread();
    for (const text of ['one', 'two', 'three']) await start(threadId, text);
    const { parts: all } = joined(threadId, { lastEventId: '-' });
    await expect.poll(() => done(all).length, { timeout: 60_000 }).toBe(3);
    for (const place of [0, 2, 4, 6]) {
      const { parts, leave } = joined(threadId, { lastEventId: all[place]?.id ?? '' });
      await expect.poll(() => parts.length, { timeout: 60_000 }).toBe(all.length - place - 1);
      expect(parts).toEqual(all.slice(place + 1));
      leave();
    }
  });

  test('without an id: what comes from now on, be it of a run that is at work', async () => {
    const threadId = await thread();
    await start(threadId, 'before');
    await ended(threadId);
    const held = await start(threadId, 'holds');
    await expect
      .poll(async () => (await client.threads.getState<{ text: string }>(threadId)).next, { timeout: 60_000 })
      .toEqual(['first']);
    const { parts } = joined(threadId, { streamMode: ['lifecycle'] });
    await expect.poll(() => parts.length, { timeout: 60_000 }).toBe(1);
    expect(parts[0]).toMatchObject({ event: 'metadata', data: { run_id: held, attempt: 1 } });
    release();
    const next = await start(threadId, 'next');
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(2);
    expect(parts.map(({ data }) => [data['run_id'], data['status'] ?? 'begun'])).toEqual([
      [held, 'begun'],
      [held, 'run_done'],
      [next, 'begun'],
      [next, 'run_done'],
    ]);
  });

  test('an answer is told as a run of its own, also to who came while it was asked', async () => {
    const threadId = await thread();
    const asking = await start(threadId, 'asks');
    await ended(threadId);
    const { parts } = joined(threadId);
    const { parts: all } = joined(threadId, { lastEventId: '-' });
    await expect.poll(() => done(all).length, { timeout: 60_000 }).toBe(1);
    expect(all.at(-2)).toMatchObject({
      event: 'values',
      data: { __interrupt__: [{ value: { question: 'ok?' } }] },
    });
    const { run_id } = await client.runs.create(threadId, GRAPH, {
      command: { resume: 'yes' },
      streamMode: ['values'],
    });
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(1);
    expect(parts[0]).toMatchObject({ event: 'metadata', data: { run_id } });
    expect(parts.at(-2)).toMatchObject({ event: 'values', data: { said: 'yes' } });
    await expect.poll(() => done(all).length, { timeout: 60_000 }).toBe(2);
    expect(done(all).map(({ data }) => data['run_id'])).toEqual([asking, run_id]);
  });

  test('state_update: the state that each run left, not the newest', async () => {
    const threadId = await thread();
    await start(threadId, 'one');
    await start(threadId, 'asks');
    await ended(threadId);
    const { parts } = joined(threadId, { lastEventId: '-', streamMode: ['state_update'] });
    await expect.poll(() => parts.length, { timeout: 60_000 }).toBe(2);
    expect(parts).toMatchObject([
      { event: 'state_update', data: { values: { said: 'one done' }, next: [] } },
      { event: 'state_update', data: { values: { text: 'asks' }, next: ['work'] } },
    ]);
  });

  test('a run that asked for no modes is told by its output', async () => {
    const threadId = await thread();
    await client.runs.create(threadId, GRAPH, { input: { text: 'one' } });
    const { parts } = joined(threadId, { lastEventId: '-' });
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(1);
    expect(parts.map(({ event }) => event)).toEqual(['metadata', 'values', 'metadata']);
    expect(parts[1]?.data).toMatchObject({ said: 'one done' });
  });

  test('is cut when the process stops, and the client goes on by itself where it was', async () => {
    const threadId = await thread();
    const own = await serveApi(lab, { reader: localReader(lab.store, graph) });
    // As behind an edge that sends what comes next to another instance.
    let server = own;
    const fetchFrom: typeof fetch = (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : String(input));
      return fetch(`${server.url}${pathname}${search}`, init);
    };
    const through = new Client({
      apiUrl: `${own.url}/api`,
      apiKey: null,
      callerOptions: { fetch: fetchFrom },
    });
    const { parts } = joined(threadId, { lastEventId: '-' }, through);
    await start(threadId, 'one');
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(1);
    server = api;
    await own.drain();
    await start(threadId, 'two');
    await expect.poll(() => done(parts).length, { timeout: 60_000 }).toBe(2);
    expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
    await own.close();
  });

  test('of a thread that is not there, or after an id that is none, is refused', async () => {
    expect((await api.call('GET', '/threads/none/stream')).status).toBe(404);
    const path = `/threads/${await thread()}/stream`;
    expect((await api.call('GET', path, undefined, { 'last-event-id': 'x' })).status).toBe(400);
    expect((await api.call('GET', `${path}?stream_mode=values`)).status).toBe(400);
  });
});
