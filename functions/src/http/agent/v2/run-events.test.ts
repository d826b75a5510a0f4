import { AIMessageChunk, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, END, interrupt, messagesStateReducer, START, StateGraph } from '@langchain/langgraph';
import type { CreateRun, Run } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../../ports/clock.ts';
import { startRun } from '../../../runtime/runs/start-run.ts';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import type { ThreadEvent } from './event.ts';
import { RunEvents } from './run-events.ts';

const MODES = ['values', 'updates', 'messages', 'tasks', 'tools', 'custom', 'envelopes'];

const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
  said: Annotation<unknown>,
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

const talking = (...chunks: object[]) =>
  new StateGraph(State)
    .addNode('talk', async ({ messages }) => ({ messages: [await new Model(chunks).invoke(messages)] }))
    .addEdge(START, 'talk')
    .addEdge('talk', END);

async function begin(lab: Lab, body: Partial<CreateRun> = {}, resume?: unknown): Promise<Run> {
  const input = { messages: [{ type: 'human', content: 'hi', id: 'h' }] };
  const { run } = await startRun(lab, {
    uid: UID,
    body: { assistant_id: 'lab', thread_id: 't', ...(resume === undefined ? { input } : {}), ...body },
    api: {
      request: {},
      assistantId: 'uuid',
      stream: { modes: MODES, subgraphs: true },
      ...(resume === undefined ? {} : { command: { resume: resume as string } }),
    },
  });
  return await lab.work(run);
}

async function told(lab: Lab, run: Run): Promise<ThreadEvent[]> {
  const events = new RunEvents();
  return (await lab.events(run)).flatMap((event) => events.of(event));
}
const of = (events: ThreadEvent[], method: string) => events.filter((event) => event.method === method);
const dataOf = (events: ThreadEvent[], method: string) => of(events, method).map(({ params }) => params.data);
const record = async (graph: { compile: () => unknown }) => {
  const lab = new Lab({ graph: graph.compile() });
  return await told(lab, await begin(lab));
};

describe('a run', () => {
  test('is told from running to completed, each state after its checkpoint', async () => {
    const events = await record(talking({ content: 'Hello', id: 'm' }));
    const plain = events.filter(({ method }) => !['messages', 'tasks'].includes(method));
    expect(plain.map(({ method, params }) => [method, params.namespace.length])).toEqual([
      ['lifecycle', 0],
      ['checkpoints', 0],
      ['values', 0],
      ['lifecycle', 1],
      ['updates', 0],
      ['lifecycle', 1],
      ['checkpoints', 0],
      ['values', 0],
      ['lifecycle', 0],
    ]);
    expect(dataOf(events, 'checkpoints')).toMatchObject([
      { step: 0, source: 'loop', id: expect.any(String), parent_id: expect.any(String) },
      { step: 1, source: 'loop' },
    ]);
    // Messages say no more than there is to say.
    expect(dataOf(events, 'values').at(-1)).toEqual({
      messages: [
        { type: 'human', content: 'hi', id: 'h' },
        { type: 'ai', content: 'Hello', id: 'm' },
      ],
    });
    expect(of(events, 'updates')[0]?.params).toMatchObject({
      node: 'talk',
      data: { messages: [{ content: 'Hello' }] },
    });
  });

  test('has the same ids and growing numbers whenever it is read', async () => {
    const lab = new Lab({ graph: talking({ content: 'Hel' }, { content: 'lo' }).compile() });
    const run = await begin(lab);
    const events = await told(lab, run);
    expect(await told(lab, run)).toEqual(events);
    expect(events.map(({ seq }) => seq - (events[0]?.seq ?? 0))).toEqual(events.map((_, i) => i));
    expect(events[0]?.event_id).toMatch(`synth:${run.run_id}:running:`);
    expect(events.at(-1)?.event_id).toMatch(`synth:${run.run_id}:completed:`);
    const next = await told(lab, await begin(lab));
    expect(next[0]?.seq).toBeGreaterThan(events.at(-1)?.seq ?? Infinity);
  });

  test('that is tried again takes back what was said in the middle of a step', async () => {
    let tries = 0;
    const graph = new StateGraph(State)
      .addNode('talk', async ({ messages }) => {
        tries += 1;
        const said = await new Model([{ content: tries === 1 ? 'Hel' : 'Hello', id: `m${tries}` }]).invoke(
          messages,
        );
        if (tries === 1) throw Object.assign(new Error('Busy.'), { status: 503 });
        return { messages: [said] };
      })
      .addEdge(START, 'talk')
      .addEdge('talk', END);
    let ahead = 0;
    const lab = new Lab({ graph: graph.compile(), clock: { ...systemClock, now: () => Date.now() + ahead } });
    const run = await begin(lab);
    ahead = 60_000;
    expect((await lab.work(run)).status).toBe('completed');
    const events = await told(lab, run);
    const messagesOf = (data: unknown) => (data as { messages: { id: string; type: string }[] }).messages;
    const states = dataOf(events, 'values').map((data) =>
      messagesOf(data).map(({ id, type }) => `${type} ${id}`),
    );
    expect(states).toEqual([
      ['human h'],
      ['human h', 'remove m1'],
      ['human h'],
      // LangGraph itself begins with the state.
      ['human h'],
      ['human h', 'ai m2'],
    ]);
  });

  test('that fails says why, and so does what is below', async () => {
    const lab = new Lab({
      graph: new StateGraph(State)
        .addNode('talk', async ({ messages }) => {
          await new Model([{ content: 'Hello', id: 'm' }]).invoke(messages);
          throw new TypeError('boom');
        })
        .addEdge(START, 'talk')
        .compile(),
    });
    const events = await told(lab, await begin(lab));
    const ends = of(events, 'lifecycle').map(({ params }) => [params.namespace.length, params.data]);
    expect(ends.slice(-2)).toMatchObject([
      [1, { event: 'failed', graph_name: 'talk' }],
      [0, { event: 'failed', error: 'boom' }],
    ]);
  });
});

describe('messages', () => {
  test('are told in blocks that never interleave: reasoning, text, calls of tools', async () => {
    const calls = (index: number, piece: object) => ({
      id: 'm',
      tool_call_chunks: [{ index, type: 'tool_call_chunk', ...piece }],
    });
    const events = await record(
      talking(
        { id: 'm', content: [{ type: 'reasoning', reasoning: 'Hm', index: 0 }] },
        { id: 'm', content: [{ type: 'text', text: 'Hel', index: 1 }] },
        { id: 'm', content: [{ type: 'text', text: 'lo', index: 1 }] },
        calls(0, { id: 'c1', name: 'look', args: '{"a"' }),
        calls(0, { args: ':1}' }),
        calls(1, { id: 'c2', name: 'see', args: '{}' }),
        { id: 'm', usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } },
      ),
    );
    const said = dataOf(events, 'messages').map((data) => {
      const { run_id, ...rest } = data as { run_id: string };
      expect(run_id).toBe('m');
      return rest;
    });
    expect(said).toMatchObject([
      { event: 'message-start', id: 'm' },
      { event: 'content-block-start', index: 0, content: { type: 'reasoning', reasoning: '' } },
      { event: 'content-block-delta', index: 0, delta: { type: 'reasoning-delta', reasoning: 'Hm' } },
      { event: 'content-block-finish', index: 0, content: { type: 'reasoning', reasoning: 'Hm' } },
      { event: 'content-block-start', index: 1, content: { type: 'text', text: '' } },
      { event: 'content-block-delta', index: 1, delta: { type: 'text-delta', text: 'Hel' } },
      { event: 'content-block-delta', index: 1, delta: { type: 'text-delta', text: 'lo' } },
      { event: 'content-block-finish', index: 1, content: { type: 'text', text: 'Hello' } },
      { event: 'content-block-start', index: 2, content: { type: 'tool_call_chunk', name: 'look' } },
      { event: 'content-block-delta', index: 2, delta: { type: 'tool-call-delta', args: '{"a"' } },
      { event: 'content-block-delta', index: 2, delta: { type: 'tool-call-delta', args: ':1}' } },
      { event: 'content-block-finish', index: 2, content: { type: 'tool_call', id: 'c1', args: { a: 1 } } },
      { event: 'content-block-start', index: 3, content: { type: 'tool_call_chunk', name: 'see' } },
      { event: 'content-block-delta', index: 3, delta: { type: 'tool-call-delta', args: '{}' } },
      { event: 'content-block-finish', index: 3, content: { type: 'tool_call', id: 'c2', args: {} } },
      { event: 'message-finish', reason: 'stop', usage: { output_tokens: 2 } },
    ]);
    expect(of(events, 'messages')[0]?.params.namespace).toMatchObject([expect.stringMatching(/^talk:/)]);
  });
});

describe('graphs within nodes', () => {
  test('are told by their path, from started to completed', async () => {
    const inner = talking({ content: 'Hello', id: 'm' }).compile();
    const events = await record(
      new StateGraph(State).addNode('sub', inner).addEdge(START, 'sub').addEdge('sub', END),
    );
    const lives = of(events, 'lifecycle').map(({ params: { namespace, data } }) => [
      namespace.map((segment) => segment.split(':')[0]),
      (data as { event: string }).event,
    ]);
    expect(lives).toEqual([
      [[], 'running'],
      [['sub'], 'started'],
      [['sub', 'talk'], 'started'],
      [['sub', 'talk'], 'completed'],
      [['sub'], 'completed'],
      [[], 'completed'],
    ]);
    for (const [i, { method, params }] of events.entries()) {
      if (method !== 'values') continue;
      expect(events[i - 1]).toMatchObject({ method: 'checkpoints', params: { namespace: params.namespace } });
    }
  });
});

describe('tools and what nodes write', () => {
  test('are told in the words of the protocol', async () => {
    const look = tool(({ city }) => `sunny in ${city}`, {
      name: 'look',
      schema: z.object({ city: z.string() }),
    });
    const events = await record(
      new StateGraph(State)
        .addNode('use', async (_state, config) => {
          config.writer?.({ name: 'status', payload: 'looking' });
          config.writer?.(1);
          const call = { id: 'c1', name: 'look', args: { city: 'Paris' }, type: 'tool_call' as const };
          const answer: unknown = await look.invoke(call, config);
          return { messages: [answer as ToolMessage] };
        })
        .addEdge(START, 'use')
        .addEdge('use', END),
    );
    expect(dataOf(events, 'custom')).toEqual([{ name: 'status', payload: 'looking' }, { payload: 1 }]);
    expect(dataOf(events, 'tools')).toMatchObject([
      { event: 'tool-started', tool_call_id: 'c1', tool_name: 'look' },
      { event: 'tool-finished', tool_call_id: 'c1', output: { type: 'tool', content: 'sunny in Paris' } },
    ]);
  });
});

describe('a run that asks', () => {
  const asking = () =>
    new StateGraph(State)
      .addNode('ask', () => ({ said: interrupt('ok?') }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();

  test('ends interrupted; its answer is another run', async () => {
    const lab = new Lab({ graph: asking() });
    const first = await begin(lab);
    const run = await begin(lab, {}, 'yes');
    const events = await told(lab, run);
    const [question] = first.interrupts;
    const steps = events.filter(({ method }) => /^(lifecycle|input)/.test(method));
    const root = steps.filter(({ params }) => params.namespace.length === 0);
    expect(root.map(({ method, params }) => [method, params.data])).toMatchObject([
      ['lifecycle', { event: 'running' }],
      ['input.requested', { interrupt_id: question?.id, payload: 'ok?' }],
      ['lifecycle', { event: 'interrupted' }],
      ['lifecycle', { event: 'running' }],
      ['input.answered', { interrupt_ids: [question?.id] }],
      ['lifecycle', { event: 'completed' }],
    ]);
    const [turn] = run.turns;
    expect(root[3]?.event_id).toMatch(`synth:${turn?.run_id}:running:`);
    expect(root.at(-1)?.event_id).toMatch(`synth:${turn?.run_id}:completed:`);
    expect(JSON.stringify(dataOf(events, 'values'))).not.toContain('__interrupt__');
  });

  test('and is given up says no second end', async () => {
    const lab = new Lab({ graph: asking() });
    const first = await begin(lab);
    await begin(lab);
    const events = await told(lab, await lab.read(first));
    expect(events.at(-1)?.params.data).toMatchObject({ event: 'interrupted' });
    expect(of(events, 'lifecycle').filter(({ params }) => params.namespace.length === 0)).toHaveLength(2);
  });
});
