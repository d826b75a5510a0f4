import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import type { Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { Lab } from './testing/lab.ts';

type Result = { messages: (BaseMessage | { role: string; content: string })[] };

const graphOf = (node: (state: { messages: BaseMessage[] }) => Result) =>
  new StateGraph(MessagesAnnotation)
    .addNode('answer', (state) => node(state) as { messages: BaseMessage[] })
    .addEdge(START, 'answer')
    .addEdge('answer', END)
    .compile();

async function messagesOf(node: Parameters<typeof graphOf>[0], input: Json): Promise<unknown[]> {
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
