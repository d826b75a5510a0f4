import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { emptyCheckpoint, uuid6, type BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { countDocuments, openSaver, randomText } from './testing.ts';

const config = { configurable: { thread_id: 't', checkpoint_ns: '' }, durability: 'sync' as const };

function chatGraph(saver: BaseCheckpointSaver, text: (bytes: number) => string) {
  return new StateGraph(MessagesAnnotation)
    .addNode('reply', () => ({ messages: [new AIMessage(text(2048))] }))
    .addEdge(START, 'reply')
    .addEdge('reply', END)
    .compile({ checkpointer: saver });
}

test('50 turns of two 2 KB messages write at most 1 MB, and twice the turns about twice as much', async () => {
  const { documents, counts } = countDocuments(memoryDocuments());
  const text = randomText(7);
  const graph = chatGraph(openSaver(documents), text);
  const after = [{ ...counts }];
  for (let turn = 1; turn <= 100; turn += 1) {
    await graph.invoke({ messages: [new HumanMessage(text(2048))] }, config);
    after.push({ ...counts });
  }
  const [bytes, bytesTwice] = [after[50]?.bytes ?? Number.NaN, after[100]?.bytes ?? Number.NaN];
  expect(bytes).toBeLessThan(1_000_000);
  // The merges make it a little more than twice; a value rewritten whole would make it four times.
  expect(bytesTwice / bytes).toBeLessThan(2.4);
  // Input, __start__ and reply: a checkpoint each, and a document for the writes of each of the two tasks.
  expect(after[50]?.written).toBe(50 * 5);
  expect(after[100]?.written).toBe(100 * 5);
});

test('a second turn reads the thread no more: one document, the latest checkpoint', async () => {
  const store = memoryDocuments();
  const text = randomText(7);
  const before = chatGraph(openSaver(store), text);
  for (let turn = 0; turn < 20; turn += 1) {
    await before.invoke({ messages: [new HumanMessage(text(2048))] }, config);
  }
  const { documents, counts } = countDocuments(store);
  const graph = chatGraph(openSaver(documents), text);
  await graph.invoke({ messages: [new HumanMessage('and now?')] }, config);
  expect(counts.read).toBeLessThanOrEqual(12);
  const first = counts.read;
  await graph.invoke({ messages: [new HumanMessage('and then?')] }, config);
  expect(counts.read).toBe(first + 1);
});

test('1000 messages of 2 KB write at most 10 MB, are read from few documents and come back whole', async () => {
  const { documents, counts } = countDocuments(memoryDocuments());
  const saver = openSaver(documents);
  const text = randomText(3);
  const messages: { role: string; content: string }[] = [];
  let at: Parameters<typeof saver.put>[0] = config;
  for (let step = 1; step <= 1000; step += 1) {
    const message = { role: step % 2 === 0 ? 'ai' : 'human', content: text(2048) };
    if (step > 1) await saver.putWrites(at, [['messages', [message]]], `task-${step}`);
    messages.push(message);
    const checkpoint = {
      ...emptyCheckpoint(),
      id: uuid6(0),
      channel_values: { messages: [...messages], step },
      channel_versions: { messages: step, step },
    };
    const metadata = { source: 'loop' as const, step, parents: {} };
    at = await saver.put(at, checkpoint, metadata, checkpoint.channel_versions);
  }
  expect(counts.bytes).toBeLessThan(10_000_000);
  expect(counts.written).toBe(1999);
  const reader = countDocuments(documents);
  const tuple = await openSaver(reader.documents).getTuple(config);
  expect(tuple?.checkpoint.channel_values).toEqual({ messages, step: 1000 });
  expect(reader.counts.read).toBeLessThanOrEqual(40);
});
