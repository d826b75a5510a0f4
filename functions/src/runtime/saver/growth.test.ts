import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { countDocuments, openSaver, randomText } from './testing.ts';

const config = { configurable: { thread_id: 't' }, durability: 'sync' as const };

/** Turns of a chat, two messages of 2 KB each; what was written after each of the asked numbers of turns. */
async function chat(turns: number, at: number[]) {
  const { documents, counts } = countDocuments(memoryDocuments());
  const saver = openSaver(documents);
  const text = randomText(7);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('reply', () => ({ messages: [new AIMessage(text(2048))] }))
    .addEdge(START, 'reply')
    .addEdge('reply', END)
    .compile({ checkpointer: saver });
  const seen = new Map<number, { bytes: number; written: number }>();
  for (let turn = 1; turn <= turns; turn += 1) {
    await graph.invoke({ messages: [new HumanMessage(text(2048))] }, config);
    if (at.includes(turn)) seen.set(turn, { ...counts });
  }
  return { seen, documents, counts, graph };
}

test('50 turns of two 2 KB messages write at most 1 MB, and twice the turns about twice the bytes', async () => {
  const { seen } = await chat(200, [50, 100, 200]);
  const bytes = (turns: number) => seen.get(turns)?.bytes ?? Number.NaN;
  const written = (turns: number) => seen.get(turns)?.written ?? Number.NaN;
  expect(bytes(50)).toBeLessThan(1_000_000);
  // The logarithm of the merges shows as a little more than a factor of two; quadratic growth would be four.
  expect(bytes(100) / bytes(50)).toBeLessThan(2.4);
  expect(bytes(200) / bytes(100)).toBeLessThan(2.4);
  expect(written(100)).toBe(2 * written(50));
  // Input, __start__ and reply: a checkpoint each, and one document for the writes before each but the first.
  expect(written(50)).toBe(50 * 5);
});

test(
  '500 turns write at most 10 MB, are read from few documents and come back whole',
  { timeout: 60_000 },
  async () => {
    const { counts, documents, graph } = await chat(500, []);
    expect(counts.bytes).toBeLessThan(10_000_000);
    const expected = (await graph.getState(config)).values.messages;
    expect(expected).toHaveLength(1000);
    const reader = countDocuments(documents);
    const tuple = await openSaver(reader.documents).getTuple(config);
    expect(tuple?.checkpoint.channel_values['messages']).toEqual(expected);
    expect(reader.counts.read).toBeLessThanOrEqual(40);
  },
);

test('a run reads the thread once: later steps find in memory what the saver wrote', async () => {
  const { documents, graph } = await chat(20, []);
  const { documents: counted, counts } = countDocuments(documents);
  const again = graph.withConfig({});
  again.checkpointer = openSaver(counted);
  await again.invoke({ messages: [new HumanMessage('and now?')] }, config);
  const first = counts.read;
  await again.invoke({ messages: [new HumanMessage('and then?')] }, config);
  expect(first).toBeLessThanOrEqual(12);
  expect(counts.read - first).toBe(1);
});
