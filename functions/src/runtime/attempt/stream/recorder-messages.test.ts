import { AIMessage, AIMessageChunk } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { END, START, StateGraph } from '@langchain/langgraph';
import type { Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { Lab } from '../../testing/lab.ts';
import { record, start, State, streamOf, talks, type Stream } from './recorder-testing.ts';

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
