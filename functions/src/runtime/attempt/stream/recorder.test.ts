import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  ToolMessage,
  type BaseMessage,
} from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  Annotation,
  END,
  interrupt,
  MemorySaver,
  messagesStateReducer,
  START,
  StateGraph,
} from '@langchain/langgraph';
import type { CreateRun, EventOf, Json, Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { cancelRun } from '../../../http/commands.ts';
import { startRun } from '../../runs/start-run.ts';
import { Lab, UID } from '../../testing/lab.ts';
import { stateToJson } from './message-events.ts';

const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** A model that streams what it is given. */
class Model extends FakeListChatModel {
  readonly #chunks: AIMessageChunk[];

  constructor(chunks: object[]) {
    super({ responses: [''] });
    this.#chunks = chunks.map((chunk) => new AIMessageChunk({ content: '', ...chunk }));
  }

  override async *_streamResponseChunks(
    ...[, , runManager]: Parameters<FakeListChatModel['_streamResponseChunks']>
  ) {
    for (const message of this.#chunks) {
      const text = typeof message.content === 'string' ? message.content : '';
      const chunk = new ChatGenerationChunk({ message, text });
      yield chunk;
      await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

const talks = (model: FakeListChatModel) =>
  new StateGraph(State)
    .addNode('talk', async ({ messages }) => ({ messages: [await model.invoke(messages)], said: ['talked'] }))
    .addNode('use', () => ({
      messages: [new ToolMessage({ id: 'tool', content: 'used', tool_call_id: 'c1' })],
    }))
    .addEdge(START, 'talk')
    .addEdge('talk', 'use')
    .addEdge('use', END)
    .compile();

type Stream = EventOf<'stream'>;
const INPUT = { messages: [{ type: 'human', content: 'hi', id: 'h' }] };

async function start(lab: Lab, modes: string[] | null, body: Partial<CreateRun> = {}, subgraphs = false) {
  const { run } = await startRun(lab, {
    uid: UID,
    body: { assistant_id: 'lab', thread_id: 't', input: INPUT, ...body },
    api: {
      request: {},
      assistantId: 'uuid',
      ...(modes === null ? {} : { stream: { modes, subgraphs } }),
      ...(body.input === null ? { command: { resume: 'yes' } } : {}),
    },
  });
  return await lab.work(run);
}
const streamOf = async (lab: Lab, run: Run): Promise<Stream[]> =>
  (await lab.events(run)).filter((event) => event.type === 'stream');
const told = (events: Stream[]) => events.map(({ mode, ns, data }) => [mode, ns, data]);

async function record(graph: unknown, modes: string[] | null, subgraphs = false) {
  const lab = new Lab({ graph });
  const run = await start(lab, modes, {}, subgraphs);
  expect(run.status).toBe('completed');
  return { lab, run, events: await lab.events(run), stream: await streamOf(lab, run) };
}

describe('a run of which nothing was asked', () => {
  it('records nothing more', async () => {
    const { stream } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), null);
    expect(stream).toEqual([]);
  });
});

describe('the modes that were asked for', () => {
  const steps = () =>
    new StateGraph(State)
      .addNode('one', (_state, { writer }) => {
        writer?.({ note: 'from one' });
        return { said: ['one'], messages: [new HumanMessage({ id: 'm1', content: 'one' })] };
      })
      .addNode('two', () => ({ said: ['two'] }))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', END);

  it.each(['values', 'updates', 'custom'])('%s: as LangGraph streams them', async (mode) => {
    const { stream } = await record(steps().compile(), [mode]);
    const plain = steps().compile({ checkpointer: new MemorySaver() });
    const chunks = await plain.stream(
      { messages: [new HumanMessage({ id: 'h', content: 'hi' })] },
      {
        streamMode: [mode as 'values'],
        configurable: { thread_id: 't' },
      },
    );
    const expected: Json[] = [];
    for await (const chunk of chunks) expected.push(stateToJson(chunk));
    expect(stream.map((event) => [event.mode, event.data])).toEqual(expected);
    expect(stream.length).toBeGreaterThan(0);
  });

  it('checkpoints, tasks, debug: in the shapes of the API', async () => {
    const { stream } = await record(steps().compile(), ['checkpoints', 'tasks', 'debug']);
    const of = (mode: string) => stream.filter((event) => event.mode === mode).map(({ data }) => data);
    expect(of('checkpoints')).toMatchObject([
      { next: ['__start__'], metadata: { source: 'input', step: -1 } },
      { next: ['one'], values: { said: [] } },
      { next: ['two'], values: { said: ['one'] } },
      { next: [], values: { said: ['one', 'two'] } },
    ]);
    expect(of('tasks')).toMatchObject([
      { name: 'one', triggers: [expect.any(String)], input: { said: [] } },
      { name: 'one', result: { said: ['one'] } },
      { name: 'two' },
      { name: 'two', result: { said: ['two'] } },
    ]);
    const snapshots = of('debug').filter((data) => (data as { type: string }).type === 'checkpoint');
    expect(snapshots.at(-1)).toMatchObject({
      payload: {
        checkpoint: { thread_id: 't', checkpoint_ns: '', checkpoint_id: expect.any(String) },
        parent_checkpoint: { thread_id: 't' },
        config: { configurable: { thread_id: 't' } },
      },
    });
    expect(JSON.stringify(snapshots)).not.toMatch(/__pregel_(?!pull|push)/);
  });

  it('leave what our own page is told as it was', async () => {
    const graph = () => talks(new FakeListChatModel({ responses: ['hello'] }));
    const all = [
      'values',
      'updates',
      'messages',
      'custom',
      'tasks',
      'checkpoints',
      'debug',
      'tools',
      'events',
    ];
    const [without, asked] = [await record(graph(), null), await record(graph(), all)];
    const types = ({ events }: typeof without) =>
      events.map((event) => event.type).filter((type) => type !== 'stream' && type !== 'message.delta');
    expect(types(asked)).toEqual(types(without));
    const results = ({ events }: typeof without) =>
      events.flatMap((event) => (event.type === 'node.finished' ? [Object.keys(event.result ?? {})] : []));
    expect(results(asked)).toEqual(results(without));
    expect(asked.run.messages.map(({ content }) => content)).toEqual(['hello', 'used']);
  });

  it('events: those of all that the graph calls, beside the other modes', async () => {
    const { stream } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), [
      'events',
      'values',
    ]);
    const events = stream
      .filter(({ mode }) => mode === 'events')
      .map(({ data }) => data as { event: string });
    expect(events[0]).toMatchObject({ event: 'on_chain_start', metadata: { graph_id: 'lab' } });
    expect(events.at(-1)).toMatchObject({ event: 'on_chain_end' });
    const names = new Set(events.map(({ event }) => event));
    for (const name of ['on_chat_model_start', 'on_chat_model_stream', 'on_chat_model_end']) {
      expect(names).toContain(name);
    }
    const values = stream.filter(({ mode }) => mode === 'values');
    expect(values.at(-1)?.data).toMatchObject({ said: ['talked'] });
  });

  it('events of a graph that fails, asks, or is cancelled end as any run does', async () => {
    const fails = new StateGraph(State)
      .addNode('fail', () => {
        throw new TypeError('boom');
      })
      .addEdge(START, 'fail')
      .addEdge('fail', END)
      .compile();
    expect(await start(new Lab({ graph: fails }), ['events'])).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('boom') },
    });
    const asks = new StateGraph(State)
      .addNode('ask', () => ({ said: [String(interrupt('really?'))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph: asks });
    const asked = await start(lab, ['events']);
    expect(asked).toMatchObject({ status: 'interrupted', interrupts: [{ value: 'really?' }] });
    expect(await start(lab, ['events'], { input: null })).toMatchObject({ status: 'completed' });
    const waits = Promise.withResolvers<void>();
    const slow = new StateGraph(State)
      .addNode('wait', async (_state, { signal }) => {
        waits.resolve();
        return await new Promise<never>((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('told to stop'))),
        );
      })
      .addEdge(START, 'wait')
      .addEdge('wait', END)
      .compile();
    const stopping = new Lab({ graph: slow });
    const ended = start(stopping, ['events']);
    await waits.promise;
    const [waiting] = await stopping.documents.query({ collection: `users/${UID}/runs` });
    await cancelRun(stopping, UID, String(waiting?.fields['run_id']));
    expect(await ended).toMatchObject({ status: 'cancelled' });
  });

  it('values that are too large for one event come in pieces', async () => {
    const big = `"${'é\u{1F600}\n'.repeat(120_000)}`;
    const graph = new StateGraph(State)
      .addNode('one', () => ({ said: [big] }))
      .addEdge(START, 'one')
      .addEdge('one', END)
      .compile();
    const { stream } = await record(graph, ['values']);
    const pieces = stream.filter(({ piece }) => piece !== undefined);
    expect(pieces.map(({ piece }) => piece?.i)).toEqual(pieces.map((_, i) => i));
    expect(pieces[0]?.piece?.of).toBe(pieces.length);
    const whole: unknown = JSON.parse(pieces.map(({ piece }) => piece?.text ?? '').join(''));
    expect(whole).toMatchObject({ said: [big] });
  });
});

describe('questions', () => {
  const asks = () =>
    new StateGraph(State)
      .addNode('ask', () => ({ said: [String(interrupt('really?'))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();

  it('are told alone in values and updates; a turn is told what it asked for itself', async () => {
    const lab = new Lab({ graph: asks() });
    const asked = await start(lab, ['values', 'updates']);
    const question = { __interrupt__: [{ id: asked.interrupts[0]?.id, value: 'really?' }] };
    expect(told(await streamOf(lab, asked)).slice(-2)).toEqual([
      ['updates', [], question],
      ['values', [], question],
    ]);
    const after = await start(lab, ['updates'], { input: null });
    const turn = (await streamOf(lab, after)).filter(({ seq }) => seq > (after.turns[0]?.seq ?? 0));
    expect(told(turn)).toEqual([['updates', [], { ask: { said: ['yes'] } }]]);
  });

  it('of breakpoints are empty', async () => {
    const lab = new Lab({ graph: asks() });
    const stopped = await start(lab, ['values'], { interrupt_before: ['ask'] });
    expect(told(await streamOf(lab, stopped)).at(-1)).toEqual(['values', [], { __interrupt__: [] }]);
  });

  it('within a subgraph are told by the whole graph', async () => {
    const outer = new StateGraph(State)
      .addNode('sub', asks())
      .addEdge(START, 'sub')
      .addEdge('sub', END)
      .compile();
    const lab = new Lab({ graph: outer });
    const asked = await start(lab, ['values']);
    expect(told(await streamOf(lab, asked)).at(-1)).toEqual([
      'values',
      [],
      { __interrupt__: [{ id: asked.interrupts[0]?.id, value: 'really?' }] },
    ]);
  });
});

describe('messages', () => {
  const dataOf = (stream: Stream[]) =>
    stream
      .filter(({ mode }) => mode === 'messages')
      .map(({ data }) => data as [{ id: string; type: string }, Json?]);

  it.each(['messages', 'messages-tuple'])(
    '%s: the first chunk with its metadata, and the text as it is told anyway',
    async (mode) => {
      const { stream, events, run } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), [
        mode,
      ]);
      const data = dataOf(stream);
      expect(data).toHaveLength(2);
      const [first, tool] = data;
      expect(first).toEqual([
        expect.objectContaining({ type: 'ai', content: '' }),
        expect.objectContaining({
          langgraph_node: 'talk',
          thread_id: 't',
          run_id: run.run_id,
          graph_id: 'lab',
        }),
      ]);
      expect(first?.[1]).toMatchObject({ assistant_id: 'uuid' });
      expect(tool).toEqual([
        expect.objectContaining({ type: 'tool', content: 'used', id: 'tool' }),
        expect.objectContaining({ langgraph_node: 'use' }),
      ]);
      const deltas = events.filter((event) => event.type === 'message.delta');
      expect(deltas.map(({ text }) => text).join('')).toBe('hello');
      const at = events.findIndex(({ type }) => type === 'stream');
      expect(at).toBeLessThan(events.findIndex(({ type }) => type === 'message.delta'));
    },
  );

  it('have one id in the stream, the values and the state', async () => {
    const { stream, run } = await record(talks(new FakeListChatModel({ responses: ['hello'] })), [
      'messages',
      'values',
    ]);
    const values = stream.findLast(({ mode }) => mode === 'values')?.data as { messages: { id: string }[] };
    const ids = dataOf(stream).map(([{ id }]) => id);
    expect(values.messages.map(({ id }) => id)).toEqual(['h', ...ids]);
    expect((run.output as typeof values).messages.map(({ id }) => id)).toEqual(['h', ...ids]);
  });

  it('tool calls, usage and what else a chunk says are told with it, once', async () => {
    const about = { response_metadata: { model_provider: 'm' } };
    const model = new Model([
      { id: 'a', content: 'I ', ...about },
      { id: 'a', content: 'call', ...about },
      {
        id: 'a',
        content: '',
        tool_call_chunks: [{ index: 0, id: 'c1', name: 'look', args: '{"a"', type: 'tool_call_chunk' }],
        ...about,
      },
      {
        id: 'a',
        content: '',
        tool_call_chunks: [{ index: 0, args: ':1}', type: 'tool_call_chunk' }],
        ...about,
      },
      {
        id: 'a',
        content: '',
        usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
        response_metadata: { finish_reason: 'tool_calls' },
      },
    ]);
    const { stream, events } = await record(talks(model), ['messages']);
    const chunks = dataOf(stream).filter(([{ id }]) => id === 'a');
    expect(chunks).toMatchObject([
      [{ content: '', ...about }, { langgraph_node: 'talk' }],
      [{ content: '', tool_call_chunks: [{ index: 0, id: 'c1', name: 'look', args: '{"a"' }] }],
      [{ content: '', tool_call_chunks: [{ index: 0, args: ':1}' }] }],
      [
        {
          content: '',
          usage_metadata: { output_tokens: 2 },
          response_metadata: { finish_reason: 'tool_calls' },
        },
      ],
    ]);
    const deltas = events.filter((event) => event.type === 'message.delta');
    expect(deltas.map(({ text }) => text).join('')).toBe('I call');
  });

  it('whose content are blocks are told whole, also what was plain text before', async () => {
    const model = new Model([
      { id: 'a', content: 'so ' },
      { id: 'a', content: [{ type: 'text', index: 0, text: 'far' }] },
      { id: 'a', content: [{ type: 'text', index: 0, text: ' away' }] },
      { id: 'a', content: '!' },
    ]);
    const { stream } = await record(talks(model), ['messages']);
    const contents = dataOf(stream)
      .map(([message]) => message as { id: string; content?: Json })
      .filter(({ id }) => id === 'a')
      .map(({ content }) => content);
    expect(contents).toEqual([
      '',
      [
        { type: 'text', text: 'so ' },
        { type: 'text', index: 0, text: 'far' },
      ],
      [{ type: 'text', index: 0, text: ' away' }],
      '!',
    ]);
  });

  it('of an attempt that was lost are told anew', async () => {
    let fails = true;
    const graph = new StateGraph(State)
      .addNode('talk', async ({ messages }) => {
        const said = await new FakeListChatModel({ responses: ['hello'] }).invoke(messages);
        if (!fails) return { messages: [said] };
        fails = false;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      })
      .addEdge(START, 'talk')
      .addEdge('talk', END)
      .compile();
    let ahead = 0;
    const clock = {
      now: () => Date.now() + ahead,
      after: (ms: number, callback: () => void) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    };
    const lab = new Lab({ graph, clock });
    const run = await start(lab, ['messages']);
    expect(run.status).toBe('pending');
    ahead = 600_000;
    expect((await lab.work(run)).status).toBe('completed');
    expect(dataOf(await streamOf(lab, run)).map((data) => data.length)).toEqual([2, 2]);
  });
});

describe('graphs within nodes', () => {
  const nested = () =>
    new StateGraph(State)
      .addNode('sub', talks(new FakeListChatModel({ responses: ['hello'] })))
      .addNode('after', () => ({ messages: [new AIMessage({ id: 'after', content: 'done' })] }))
      .addEdge(START, 'sub')
      .addEdge('sub', 'after')
      .addEdge('after', END)
      .compile();

  it('are left out unless asked for, but not what their models say', async () => {
    const { stream } = await record(nested(), ['values', 'updates', 'messages']);
    expect(stream.every(({ ns }) => ns.length === 0)).toBe(true);
    const nodes = stream.flatMap(({ mode, data }) => (mode === 'updates' ? Object.keys(data as object) : []));
    expect(nodes).toEqual(['sub', 'after']);
    const said = stream
      .filter(({ mode }) => mode === 'messages')
      .map(({ data }) => data as [{ type: string }]);
    expect(said.map(([{ type }]) => type)).toEqual(['ai', 'tool', 'ai']);
  });

  it('are named by their path; messages with the node that says them', async () => {
    const { stream } = await record(nested(), ['updates', 'messages'], true);
    const places = stream.map(({ mode, ns }) => [mode, ...ns.map((part) => part.split(':')[0])].join('|'));
    expect(places).toEqual([
      'messages|sub|talk',
      'updates|sub',
      'messages|sub|use',
      'updates|sub',
      'updates',
      'messages|after',
      'updates',
    ]);
  });
});
