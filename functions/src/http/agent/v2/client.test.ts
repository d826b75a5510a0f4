import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, END, interrupt, messagesStateReducer, START, StateGraph } from '@langchain/langgraph';
import type { Client } from '@langchain/langgraph-sdk';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { useServedGraph } from '../testing/served-graph.ts';
import { serveApi, type ApiServer } from '../../testing.ts';
import type { ThreadEvent } from './event.ts';

/** LangGraph's own client, unchanged, and a real worker. */

const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
  does: Annotation<string>,
  said: Annotation<unknown>,
});

class Model extends FakeListChatModel {
  override async *_streamResponseChunks(
    ...[, , runManager]: Parameters<FakeListChatModel['_streamResponseChunks']>
  ) {
    for (const text of ['Hel', 'lo']) {
      const chunk = new ChatGenerationChunk({ message: new AIMessageChunk({ content: text }), text });
      yield chunk;
      await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

const graph = new StateGraph(State)
  .addNode('talk', async ({ messages, does }, { signal }) => {
    if (does === 'fails') throw new TypeError('boom');
    if (does === 'holds') {
      await new Promise<void>((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    }
    return { messages: [await new Model({ responses: [''] }).invoke(messages)] };
  })
  .addNode('work', ({ does }) =>
    does === 'asks' ? { said: interrupt({ question: 'ok?' }) } : { said: 'done' },
  )
  .addEdge(START, 'talk')
  .addEdge('talk', 'work')
  .addEdge('work', END)
  .compile();

const GRAPH = 'research';
const human = (content: string) => ({ type: 'human', content, id: randomUUID() });
const leaving = new AbortController();
const served = useServedGraph(graph, () => leaving.abort());
const { lab } = served;
let api: ApiServer;
let client: Client;
beforeAll(() => {
  ({ api, client } = served);
});

const ALL = [
  'values',
  'updates',
  'checkpoints',
  'lifecycle',
  'input',
  'messages',
  'tools',
  'tasks',
  'custom',
];

/** The thread's events, as long as the test goes on. */
async function events(threadId: string, body: object = { channels: ALL }): Promise<ThreadEvent[]> {
  const response = await fetch(`${api.url}/api/threads/${threadId}/stream/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  const heard: ThreadEvent[] = [];
  const read = async () => {
    let rest = '';
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) heard.push(JSON.parse(line.slice(6)));
    }
  };
  read().catch(() => {});
  return heard;
}
const isRoot = ({ method, params }: ThreadEvent) => method === 'lifecycle' && params.namespace.length === 0;
const lifecycle = (heard: ThreadEvent[]) => heard.filter(isRoot).map(({ params }) => params.data);
const command = async (threadId: string, method: string, params: object = {}) =>
  (await api.call('POST', `/threads/${threadId}/commands`, { id: 7, method, params })).body;

describe('a thread stream of the client', () => {
  test('tells values, messages and the output of a run on a thread that did not exist', async () => {
    const thread = client.threads.stream(randomUUID(), { assistantId: GRAPH });
    const values = thread.values;
    const messages = thread.messages;
    const { run_id } = await thread.run.start({ input: { messages: [human('hi')] } });
    expect(run_id).toEqual(expect.any(String));
    const texts: string[] = [];
    for await (const message of messages) {
      texts.push(await message.text);
      break;
    }
    expect(texts).toEqual(['Hello']);
    const states: unknown[] = [];
    for await (const state of values) {
      states.push(state);
      if (typeof state === 'object' && state !== null && 'said' in state) break;
    }
    expect(states.at(-1)).toMatchObject({ said: 'done' });
    expect(await thread.state.get({ namespace: [], keys: ['messages'] })).toMatchObject({
      values: {
        messages: [
          { type: 'human', content: 'hi' },
          { type: 'ai', content: 'Hello' },
        ],
      },
      checkpoint: { id: expect.any(String), ns: '' },
    });
    await thread.close();
    expect(await client.runs.get(thread.threadId, run_id ?? '')).toMatchObject({ status: 'success' });
  });

  test('shows what is asked, and takes the answer', async () => {
    const thread = client.threads.stream(randomUUID(), { assistantId: GRAPH });
    await thread.run.start({ input: { messages: [human('hi')], does: 'asks' } });
    await expect.poll(() => thread.interrupted, { timeout: 60_000 }).toBe(true);
    const [asked] = thread.interrupts;
    expect(asked).toMatchObject({ payload: { question: 'ok?' }, namespace: [] });
    await thread.input.respond({
      namespace: [],
      interrupt_id: asked?.interruptId ?? '',
      response: { fine: true },
    });
    await expect
      .poll(async () => (await client.threads.get(thread.threadId)).status, { timeout: 60_000 })
      .toBe('idle');
    const heard = await events(thread.threadId);
    await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(4);
    const values = heard.filter(({ method }) => method === 'values');
    expect(values.at(-1)?.params.data).toMatchObject({ said: { fine: true } });
    await expect(
      thread.input.respond({ namespace: [], interrupt_id: asked?.interruptId ?? '', response: 1 }),
    ).rejects.toMatchObject({ code: 'invalid_argument' });
    await thread.close();
  });
});

describe('the events of a thread', () => {
  test('tell each run from running to its end, over several runs, on one connection', async () => {
    const threadId = randomUUID();
    const heard = await events(threadId);
    const first = await command(threadId, 'run.start', {
      assistant_id: GRAPH,
      input: { messages: [human('hi')] },
      config: { configurable: { thread_id: threadId } },
    });
    expect(first).toEqual({
      type: 'success',
      id: 7,
      result: { run_id: expect.any(String) },
      meta: { thread_id: threadId, applied_through_seq: 0 },
    });
    await command(threadId, 'run.start', { assistant_id: GRAPH, input: { does: 'fails' } });
    await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(4);
    expect(lifecycle(heard)).toEqual([
      { event: 'running', graph_name: GRAPH },
      { event: 'completed', graph_name: GRAPH },
      { event: 'running', graph_name: GRAPH },
      { event: 'failed', graph_name: GRAPH, error: 'boom' },
    ]);
    expect(heard.filter(isRoot).map(({ event_id }) => event_id.split(':').slice(0, 3).join(':'))).toContain(
      `synth:${(first as { result: { run_id: string } }).result.run_id}:completed`,
    );
    const seqs = heard.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(heard.map(({ event_id }) => event_id)).size).toBe(heard.length);
    // Each state has its checkpoint right before it.
    for (const [i, { method }] of heard.entries()) {
      if (method === 'values') expect(heard[i - 1]?.method).toBe('checkpoints');
    }
  });

  test('are the same at every connection, begin with the newest run, and are narrowed', async () => {
    const threadId = randomUUID();
    const live = await events(threadId);
    for (const text of ['one', 'two']) {
      await command(threadId, 'run.start', { assistant_id: GRAPH, input: { messages: [human(text)] } });
    }
    await expect.poll(() => lifecycle(live).length, { timeout: 60_000 }).toBe(4);
    const second = live.findLastIndex((event) => isRoot(event) && event.event_id.includes(':running:'));
    const again = await events(threadId);
    await expect.poll(() => again.length, { timeout: 60_000 }).toBe(live.length - second);
    expect(again).toEqual(live.slice(second));
    const [, middle] = live;
    const after = await events(threadId, { channels: ALL, since: middle?.seq });
    await expect.poll(() => after.length, { timeout: 60_000 }).toBe(live.length - 2);
    expect(after).toEqual(live.slice(2));
    const root = await events(threadId, { channels: ['lifecycle', 'messages'], namespaces: [['talk']] });
    await expect
      .poll(() => root.at(-1)?.params.data, { timeout: 60_000 })
      .toMatchObject({ event: 'completed' });
    expect(root.every(({ params }) => params.namespace[0]?.startsWith('talk:'))).toBe(true);
    const kinds = root.map(({ params }) => (params.data as { event: string }).event);
    // Pieces that come together are told together.
    expect(kinds.filter((kind, i) => kind !== kinds[i - 1])).toEqual([
      'started',
      'message-start',
      'content-block-start',
      'content-block-delta',
      'content-block-finish',
      'message-finish',
      'completed',
    ]);
  });

  test.each(['interrupt', 'rollback'] as const)(
    'go on when a run makes room for the next: %s',
    async (multitaskStrategy) => {
      const threadId = randomUUID();
      const heard = await events(threadId, { channels: ['lifecycle'], namespaces: [[]], depth: 0 });
      const input = { messages: [human('hi')] };
      await command(threadId, 'run.start', { assistant_id: GRAPH, input: { ...input, does: 'holds' } });
      await expect
        .poll(async () => (await client.runs.list(threadId))[0]?.status, { timeout: 60_000 })
        .toBe('running');
      await command(threadId, 'run.start', { assistant_id: GRAPH, input: { ...input, does: 'waits' } });
      await command(threadId, 'run.start', {
        assistant_id: GRAPH,
        input: { ...input, does: 'ends' },
        multitaskStrategy,
      });
      await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(6);
      expect(lifecycle(heard).map((data) => (data as { event: string }).event)).toEqual([
        'running',
        'interrupted',
        'running',
        'completed',
        'running',
        'completed',
      ]);
      const seqs = heard.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    },
  );

  test('go on when the thread is removed and made again', async () => {
    const threadId = randomUUID();
    await command(threadId, 'run.start', { assistant_id: GRAPH, input: { messages: [human('hi')] } });
    const heard = await events(threadId, { channels: ['lifecycle'], namespaces: [[]], depth: 0 });
    await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(2);
    await client.threads.delete(threadId);
    await command(threadId, 'run.start', { assistant_id: GRAPH, input: { messages: [human('again')] } });
    await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(4);
  });

  test('are asked for by POST, unless by a WebSocket', async () => {
    const refused = await api.call('GET', `/threads/${randomUUID()}/stream/events`);
    expect([refused.status, refused.body]).toMatchObject([426, { error: { code: 'upgrade_required' } }]);
  });
});

describe('a reader', () => {
  test('is let go when the process stops, and another goes on where it was', async () => {
    const own = await serveApi(lab);
    const threadId = randomUUID();
    const response = await fetch(`${own.url}/api/threads/${threadId}/stream/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channels: ALL }),
    });
    const text = response.text();
    await command(threadId, 'run.start', { assistant_id: GRAPH, input: { messages: [human('hi')] } });
    const heard = await events(threadId);
    await expect.poll(() => lifecycle(heard).length, { timeout: 60_000 }).toBe(2);
    await own.drain();
    const told = (await text)
      .split('\n')
      .flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
    expect(told.map((line): unknown => JSON.parse(line))).toEqual(heard.slice(0, told.length));
    await own.close();
  });
});

describe('a command', () => {
  test('that cannot be carried out is answered as data', async () => {
    const threadId = randomUUID();
    expect(await command(threadId, 'input.respond', { interrupt_id: 'x', response: 1 })).toMatchObject({
      type: 'error',
      id: 7,
      error: 'no_such_run',
    });
    expect(await command(threadId, 'run.start', { assistant_id: 'nothing' })).toMatchObject({
      type: 'error',
      error: 'invalid_argument',
    });
    expect(await command(threadId, 'run.start', { input: {} })).toMatchObject({ error: 'invalid_argument' });
    expect(await command(threadId, 'state.fork')).toMatchObject({ error: 'not_supported' });
    expect(await command(threadId, 'run.fly')).toMatchObject({ error: 'unknown_command' });
    const body = { method: 'run.start' };
    expect((await api.call('POST', `/threads/${threadId}/commands`, body)).status).toBe(400);
  });

  test('looks at the graphs of the newest run', async () => {
    const threadId = randomUUID();
    await command(threadId, 'run.start', { assistant_id: GRAPH, input: { messages: [human('hi')] } });
    await expect
      .poll(() => command(threadId, 'agent.getTree'), { timeout: 60_000 })
      .toMatchObject({ result: { tree: { namespace: [], status: 'completed', graph_name: GRAPH } } });
    expect(await command(threadId, 'agent.getTree')).toMatchObject({
      result: { tree: { children: [{ status: 'completed', graph_name: 'talk' }] } },
    });
  });
});
