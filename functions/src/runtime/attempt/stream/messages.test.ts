import { AIMessage, AIMessageChunk, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import type { Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { messagesIn, stateToJson } from './message-events.ts';
import { StreamReader } from './stream-reader.ts';
import { Lab } from '../../testing/lab.ts';

type Result = { messages: (BaseMessage | { role: string; content: string })[] };

const graphOf = (node: (state: { messages: BaseMessage[] }) => Result) =>
  new StateGraph(MessagesAnnotation)
    .addNode('answer', (state) => node(state) as { messages: BaseMessage[] })
    .addEdge(START, 'answer')
    .addEdge('answer', END)
    .compile();

async function messagesOf(node: Parameters<typeof graphOf>[0], input: Json): Promise<[string, Json][]> {
  const lab = new Lab({ graph: graphOf(node) });
  const run = await lab.work(await lab.create({ input }));
  expect(run.status).toBe('completed');
  return run.messages.map(({ type, content }) => [type, content]);
}

const hello = { messages: [{ role: 'user', content: 'hello?' }] };

describe("A4: a run's messages", () => {
  it('a node may return a plain { role, content }', async () => {
    expect(await messagesOf(() => ({ messages: [{ role: 'assistant', content: 'hi' }] }), hello)).toEqual([
      ['ai', 'hi'],
    ]);
  });

  it('a node may return a message without an id', async () => {
    expect(await messagesOf(() => ({ messages: [new AIMessage('hi')] }), hello)).toEqual([['ai', 'hi']]);
  });

  it('what the client sent along as history is no output, even when a node returns it', async () => {
    const input = {
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'first' },
        { role: 'user', content: 'two' },
      ],
    };
    const all = ({ messages }: { messages: BaseMessage[] }) => ({
      messages: [...messages, new AIMessage({ id: 'new', content: 'second' })],
    });
    expect(await messagesOf(all, input)).toEqual([['ai', 'second']]);
  });

  it('the next turn on a thread tells only what is new', async () => {
    const lab = new Lab({ graph: graphOf(() => ({ messages: [{ role: 'assistant', content: 'hi' }] })) });
    for (let turn = 0; turn < 2; turn += 1) {
      const run = await lab.work(await lab.create({ input: hello, thread_id: 't' }));
      expect(run.messages).toHaveLength(1);
    }
  });
});

describe('of one step', () => {
  it('a plain message before one of a class -> in the order in which the node said them', async () => {
    const both = { messages: [{ role: 'assistant', content: 'first' }, new AIMessage('second')] };
    expect(await messagesOf(() => both, hello)).toEqual([
      ['ai', 'first'],
      ['ai', 'second'],
    ]);
  });

  it('one of a class, a plain one, and a tool call with its answer', async () => {
    const all = {
      messages: [
        new AIMessage({ id: 'a', content: 'one' }),
        { role: 'assistant', content: 'two' },
        new AIMessage({ id: 'b', content: 'three' }),
        { role: 'assistant', content: 'four' },
      ],
    };
    expect((await messagesOf(() => all, hello)).map(([, content]) => content)).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
  });

  it('what the state does not take in is said all the same, with its step', async () => {
    const State = Annotation.Root({
      last: Annotation<unknown>({ reducer: (_, b) => (Array.isArray(b) ? b.length : b), default: () => 0 }),
    });
    const graph = new StateGraph(State)
      .addNode('say', () => ({ last: [{ note: 1 }, new AIMessage({ id: 'm', content: 'said' })] }))
      .addEdge(START, 'say')
      .addEdge('say', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({ input: {} }));
    expect(run.messages).toMatchObject([{ id: 'm', content: 'said' }]);
    const told = (await lab.events(run)).find((event) => event.type === 'message');
    expect(told).toMatchObject({ node: 'say' });
  });
});

describe('a message keeps', () => {
  const tool = new ToolMessage({
    id: 't',
    tool_call_id: 'c',
    name: 'search',
    status: 'error',
    content: 'disk is full',
    artifact: { rows: [1] },
  });
  const usage: object = { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } };
  const ai = new AIMessage({
    id: 'm',
    content: 'hi',
    additional_kwargs: { reasoning: 'because' },
    response_metadata: { model_name: 'm-1' },
    invalid_tool_calls: [{ name: 'f', args: '{', id: 'x', error: 'no JSON' }],
    ...usage,
  });
  const flat = [
    {
      id: 't',
      type: 'tool',
      content: 'disk is full',
      name: 'search',
      tool_call_id: 'c',
      status: 'error',
      artifact: { rows: [1] },
    },
    {
      id: 'm',
      type: 'ai',
      content: 'hi',
      invalid_tool_calls: [{ name: 'f', args: '{', id: 'x', error: 'no JSON' }],
      additional_kwargs: { reasoning: 'because' },
      response_metadata: { model_name: 'm-1' },
      usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    },
  ];

  it('all that it carries, in the run, in events and in the output; what is empty is left out', async () => {
    const lab = new Lab({
      graph: graphOf(() => ({ messages: [tool, ai, new AIMessage({ id: 'n', content: 'plain' })] })),
    });
    const run = await lab.work(await lab.create({ input: { messages: [] } }));
    const all = [...flat, { id: 'n', type: 'ai', content: 'plain' }];
    expect(run.messages).toEqual(all);
    expect(run.output).toEqual({ messages: all });
    const events = (await lab.events(run)).flatMap((event) =>
      event.type === 'message' ? [event.message] : [],
    );
    expect(events).toEqual(all);
  });

  it('its shape however deep it lies', () => {
    expect(stateToJson({ talks: { ada: { said: [tool, { inner: ai }] } } })).toEqual({
      talks: { ada: { said: [flat[0], { inner: flat[1] }] } },
    });
  });

  it('the size of what is too large for the log; the output has it', async () => {
    const artifact = { page: 'x'.repeat(50_000) };
    const large = new ToolMessage({ id: 't', tool_call_id: 'c', content: 'short', artifact });
    const lab = new Lab({ graph: graphOf(() => ({ messages: [large] })) });
    const run = await lab.work(await lab.create({ input: { messages: [] } }));
    expect(run.messages).toEqual([
      { id: 't', type: 'tool', content: 'short', tool_call_id: 'c', omitted: { artifact: 50_011 } },
    ]);
    expect(run.output).toMatchObject({ messages: [{ artifact }] });
  });

  it('its shape when another copy of LangChain made it, also an old one without getType', () => {
    const old = { id: 'o', content: 'from afar', additional_kwargs: {}, _getType: () => 'ai' };
    const fresh = { id: 'f', content: 'from near', response_metadata: {}, getType: () => 'human' };
    const odd = new Proxy(old, {
      has: () => {
        throw new Error('no');
      },
    });
    expect(messagesIn({ messages: [old, fresh, odd] })).toEqual([
      { id: 'o', type: 'ai', content: 'from afar' },
      { id: 'f', type: 'human', content: 'from near' },
    ]);
    expect(stateToJson([old])).toEqual([{ id: 'o', type: 'ai', content: 'from afar' }]);
  });
});

describe('a stream whose chunks part characters', () => {
  const chunk = (text: string, id = 'm') => [
    [],
    'messages',
    [new AIMessageChunk({ id, content: text }), { langgraph_node: 'answer' }],
  ];

  it('tells each character when it is whole', () => {
    const reader = new StreamReader({ price: () => undefined, known: [] });
    const texts = ['a\ud83d', '\ude42b', '\ud83d', 'c'].flatMap((text) =>
      reader.read(chunk(text), 0).map((event) => (event.type === 'message.delta' ? event.text : '')),
    );
    expect(texts).toEqual(['a', '🙂b', '\ufffdc']);
  });
});
