import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@langchain/langgraph-sdk';
import { LongrunError } from '@longrun/shared';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startEdge } from '../../../../../../infra/local/edge/server.ts';
import { localReader } from '../../../../graph-reader/testing.ts';
import type { RunTask } from '../../../../ports/task-queue.ts';
import { Lab, UID } from '../../../../runtime/testing/lab.ts';
import { anyCredential } from '../../../any-credential.ts';
import { serveApi, type ApiServer } from '../../../testing.ts';
import type { ThreadEvent } from '../event.ts';
import { refusal, TestSocket } from './testing.ts';

/** LangGraph's own client, unchanged, and a real worker. */

const State = Annotation.Root({ text: Annotation<string>, said: Annotation<unknown> });
const graph = new StateGraph(State)
  .addNode('work', ({ text }) => ({ said: text === 'asks' ? interrupt({ question: 'ok?' }) : 'done' }))
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();
const GRAPH = 'research';
const KEY = 'lr_good';

let lab: Lab;
let api: ApiServer;
let isValid = true;
const working = new Set<Promise<unknown>>();
const sockets: TestSocket[] = [];
const options = {
  env: { CORS_ALLOW_ORIGINS: 'https://app.example' },
  authenticate: anyCredential({
    byToken: async ({ headers }) => {
      if (headers.authorization !== 'Bearer a.good-token_1') throw new LongrunError('unauthenticated', 'No.');
      return { uid: UID, admin: false, anonymous: false };
    },
    byKey: async (key) => {
      if (key !== KEY || !isValid) throw new LongrunError('unauthenticated', 'No.');
      return { uid: UID, admin: false, anonymous: false, key: 'k' };
    },
  }),
};
beforeAll(async () => {
  const deliver = (task: RunTask) => {
    const done: Promise<unknown> = lab.worker.handle(task).finally(() => working.delete(done));
    working.add(done);
  };
  lab = new Lab({
    graph,
    queue: { enqueue: async (task) => void setImmediate(deliver, task), check: async () => {} },
  });
  api = await serveApi(lab, { ...options, reader: localReader(lab.store, graph) });
});
afterEach(() => {
  isValid = true;
  for (const { ws } of sockets.splice(0)) ws.terminate();
});
afterAll(async () => {
  await Promise.all(working);
  await api.close();
});

const headers = { 'x-api-key': KEY };
async function open(threadId: string, given: Parameters<typeof TestSocket.open>[2] = { headers }) {
  const socket = await TestSocket.open(`${api.url}/api`, threadId, given);
  sockets.push(socket);
  return socket;
}
const ALL = { channels: ['values', 'updates', 'lifecycle', 'input', 'checkpoints', 'tasks'] };
const start = (text: string) => ({ assistant_id: GRAPH, input: { text } });
const lifecycle = (events: ThreadEvent[]) =>
  events
    .filter(({ method, params }) => method === 'lifecycle' && params.namespace.length === 0)
    .map(({ params }) => (params.data as { event: string }).event);
const eventsPath = (threadId: string) => `${api.url}/api/threads/${threadId}/stream/events`;

/** The events that a reader of server-sent events is told, until the run has ended. */
async function overHttp(threadId: string): Promise<ThreadEvent[]> {
  const response = await fetch(eventsPath(threadId), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(ALL),
  });
  const heard: ThreadEvent[] = [];
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) heard.push(JSON.parse(line.slice(6)));
    if (lifecycle(heard).includes('completed')) break;
  }
  return heard;
}

describe("LangGraph's client over a WebSocket", () => {
  const client = () => new Client({ apiUrl: `${api.url}/api`, apiKey: null });
  // Of Node, where a WebSocket can have headers.
  const webSocketFactory = (url: string) =>
    new WebSocket(url, { headers }) as unknown as globalThis.WebSocket;

  test('tells values and the output of a run on a thread that did not exist', async () => {
    const thread = client().threads.stream(randomUUID(), {
      assistantId: GRAPH,
      transport: 'websocket',
      webSocketFactory,
    });
    const { values } = thread;
    const { run_id } = await thread.run.start({ input: { text: 'hi' } });
    expect(run_id).toEqual(expect.any(String));
    const states: unknown[] = [];
    for await (const state of values) {
      states.push(state);
      if (typeof state === 'object' && state !== null && 'said' in state) break;
    }
    expect(states.at(-1)).toMatchObject({ said: 'done' });
    expect(await thread.state.get({ namespace: [], keys: ['said'] })).toMatchObject({
      values: { said: 'done' },
    });
    await thread.close();
  });

  test('shows what is asked, and takes the answer', async () => {
    const thread = client().threads.stream(randomUUID(), {
      assistantId: GRAPH,
      transport: 'websocket',
      webSocketFactory,
    });
    await thread.run.start({ input: { text: 'asks' } });
    await expect.poll(() => thread.interrupted, { timeout: 60_000 }).toBe(true);
    const interrupt_id = thread.interrupts[0]?.interruptId ?? '';
    await thread.input.respond({ namespace: [], interrupt_id, response: 'yes' });
    await expect
      .poll(() => thread.state.get({ namespace: [], keys: ['said'] }), { timeout: 60_000 })
      .toMatchObject({ values: { said: 'yes' } });
    await thread.close();
  });
});

describe('a connection', () => {
  test('tells what server-sent events tell, each once however many subscriptions want it', async () => {
    const threadId = randomUUID();
    const socket = await open(threadId);
    const first = await socket.command('subscription.subscribe', ALL);
    expect(first).toEqual({
      type: 'success',
      id: 1,
      result: { subscription_id: expect.any(String), replayed_events: 0 },
      meta: { thread_id: threadId, applied_through_seq: 0 },
    });
    await socket.command('subscription.subscribe', { channels: ['lifecycle'] });
    expect(await socket.command('run.start', start('hi'))).toMatchObject({
      type: 'success',
      result: { run_id: expect.any(String) },
    });
    await expect.poll(() => lifecycle(socket.events), { timeout: 60_000 }).toEqual(['running', 'completed']);
    expect(socket.events).toEqual(await overHttp(threadId));
  });

  test('a subscription in the middle begins with the newest run; the others are told nothing twice', async () => {
    const threadId = randomUUID();
    const socket = await open(threadId);
    await socket.command('subscription.subscribe', { channels: ['lifecycle'] });
    await socket.command('run.start', start('one'));
    await socket.command('run.start', start('two'));
    await expect.poll(() => lifecycle(socket.events).length, { timeout: 60_000 }).toBe(4);
    const { result } = await socket.command('subscription.subscribe', ALL);
    await expect.poll(() => lifecycle(socket.events).length, { timeout: 60_000 }).toBe(6);
    const after = socket.events.slice(4);
    expect(after).toEqual(await overHttp(threadId));
    // The answer comes before them.
    const answered = socket.heard.findIndex((message) => message['result'] === result);
    expect(answered).toBe(socket.heard.length - after.length - 1);
  });

  test('a subscription that was ended is told no more', async () => {
    const threadId = randomUUID();
    const socket = await open(threadId);
    const values = await socket.command('subscription.subscribe', { channels: ['values'] });
    await socket.command('subscription.subscribe', { channels: ['lifecycle'] });
    expect(await socket.command('subscription.unsubscribe', values['result'] as object)).toMatchObject({
      type: 'error',
      error: 'invalid_argument',
    });
    const { subscription_id } = values['result'] as { subscription_id: string };
    expect(await socket.command('subscription.unsubscribe', { subscription_id })).toMatchObject({
      result: {},
    });
    expect(await socket.command('subscription.unsubscribe', { subscription_id })).toMatchObject({
      error: 'no_such_subscription',
    });
    await socket.command('run.start', start('hi'));
    await expect.poll(() => lifecycle(socket.events), { timeout: 60_000 }).toEqual(['running', 'completed']);
    expect(new Set(socket.events.map(({ method }) => method))).toEqual(new Set(['lifecycle']));
  });

  test('refusals are answers', async () => {
    const socket = await open(randomUUID());
    expect(await socket.command('run.fly')).toMatchObject({ type: 'error', error: 'unknown_command' });
    expect(await socket.command('subscription.subscribe', { channels: ['smoke'] })).toMatchObject({
      error: 'invalid_argument',
    });
    expect(await socket.command('input.respond', { interrupt_id: 'x', response: 1 })).toMatchObject({
      error: 'no_such_run',
    });
    socket.ws.send('{');
    expect(await socket.answer(null)).toMatchObject({ type: 'error', id: null, error: 'invalid_argument' });
    expect(socket.ws.readyState).toBe(WebSocket.OPEN);
  });

  test('has a bounded number of subscriptions, and of commands that wait', async () => {
    const socket = await open(randomUUID());
    const answers = [];
    for (let i = 0; i < 101; i += 1) {
      answers.push(await socket.command('subscription.subscribe', { channels: ['values'] }));
    }
    expect(answers.at(-2)).toMatchObject({ type: 'success' });
    expect(answers.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining('100') });
    const command = { method: 'agent.getTree', params: {} };
    for (let id = 1_000; id < 1_100; id += 1) socket.ws.send(JSON.stringify({ id, ...command }));
    expect(await socket.closed()).toBe(1008);
  });

  test('a message that is too large ends it', async () => {
    const socket = await open(randomUUID());
    socket.ws.send('x'.repeat(20_000_000));
    expect(await socket.closed()).toBe(1009);
  });

  test('whose credential is not valid any more ends with the next command', async () => {
    const socket = await open(randomUUID());
    expect(await socket.command('agent.getTree')).toMatchObject({ error: 'no_such_run' });
    isValid = false;
    socket.ws.send(JSON.stringify({ id: 9, method: 'agent.getTree' }));
    expect(await socket.closed()).toBe(1008);
  });

  test('whose client answers no ping is ended', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const silent = await open(randomUUID(), { headers, autoPong: false });
      const alive = await open(randomUUID());
      const pinged = Promise.all([once(silent.ws, 'ping'), once(alive.ws, 'ping')]);
      vi.advanceTimersByTime(15_000);
      await pinged;
      // Its answer is on the way before that of a command.
      await alive.command('agent.getTree');
      const closed = silent.closed();
      vi.advanceTimersByTime(15_000);
      expect(await closed).toBe(1006);
      expect(await alive.command('agent.getTree')).toMatchObject({ error: 'no_such_run' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('ends when the process stops: what has come is answered, and the client may come again', async () => {
    const own = await serveApi(lab, { ...options, reader: localReader(lab.store, graph) });
    const socket = await TestSocket.open(`${own.url}/api`, randomUUID(), { headers });
    await socket.command('subscription.subscribe', ALL);
    const closed = socket.closed();
    await own.drain();
    expect(await closed).toBe(1001);
    expect(await refusal(`${own.url}/api/threads/t/stream/events`, [], { headers })).toMatchObject({
      status: 503,
    });
    await own.close();
  });
});

describe('who may connect', () => {
  test('a key or a token in the headers, or for pages in a subprotocol, which is not echoed', async () => {
    const threadId = randomUUID();
    await open(threadId);
    await open(threadId, { headers: { authorization: 'Bearer a.good-token_1' } });
    for (const credential of [KEY, 'a.good-token_1']) {
      const { ws } = await open(threadId, { protocols: ['longrun', `bearer.${credential}`] });
      expect(ws.protocol).toBe('longrun');
    }
  });

  test.each([
    ['nobody', [], {}, 401, 'unauthenticated'],
    ['a wrong key', [], { 'x-api-key': 'lr_bad' }, 401, 'unauthenticated'],
    ['a wrong key in a subprotocol', ['longrun', 'bearer.lr_bad'], {}, 401, 'unauthenticated'],
    ['a credential alone among the subprotocols', [`bearer.${KEY}`], {}, 400, 'invalid_request'],
    ['a page of elsewhere', [], { ...headers, origin: 'https://evil.example' }, 403, 'forbidden'],
  ])('%s is refused', async (_, protocols, given, status, code) => {
    const refused = await refusal(eventsPath(randomUUID()), protocols, { headers: given });
    expect(refused).toMatchObject({ status, body: { error: { code } } });
  });

  test('pages of the API’s own origin and of those that are allowed', async () => {
    for (const origin of [api.url, 'https://app.example']) {
      await open(randomUUID(), { headers: { ...headers, origin } });
    }
  });

  test.each([
    ['/api/threads/t', 401],
    ['/api/threads/t/stream', 404],
    ['/api/threads/a%20b/stream/events', 404],
    ['/elsewhere', 404],
  ])('another path, %s, is answered as any request: %i', async (path, status) => {
    const given = status === 401 ? {} : headers;
    const refused = await refusal(`${api.url}${path}`, [], { headers: given });
    expect(refused.status).toBe(status);
    expect(refused.body).toMatchObject({ error: { code: expect.any(String) } });
  });
});

test('through the local edge: a thread is read, and a refusal comes through', async () => {
  const edge = await startEdge({ dir: '.', api: api.url, init: {} });
  const threadId = randomUUID();
  const socket = await TestSocket.open(`${edge.url}/api`, threadId, { headers });
  await socket.command('subscription.subscribe', ALL);
  await socket.command('run.start', start('hi'));
  await expect.poll(() => lifecycle(socket.events), { timeout: 60_000 }).toEqual(['running', 'completed']);
  expect(await refusal(`${edge.url}/api/threads/${threadId}/stream/events`)).toMatchObject({
    status: 401,
    body: { error: { code: 'unauthenticated' } },
  });
  const closed = socket.closed();
  await edge.close();
  expect(await closed).toBe(1006);
});
