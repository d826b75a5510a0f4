/**
 * What a conversation costs in checkpoints: `node test/bench/growth.ts`. Turns of two 2 KB messages through a
 * compiled graph, bytes written by LangGraph's MemorySaver (every checkpoint whole) and by ours.
 */
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { memoryDocuments } from '../../functions/src/adapters/memory/documents.ts';
import { countDocuments, openSaver, randomText } from '../../functions/src/runtime/saver/testing.ts';

const TURNS = [10, 50, 100, 200, 500];
/** Writing every checkpoint whole, 500 turns would take 1.7 GB. */
const NAIVE_TURNS = TURNS.filter((turns) => turns <= 200);
/** Bytes at which a bar of the chart begins, and its greatest length. */
const CHART_FROM = 10_000;
const CHART_WIDTH = 60;
const MESSAGE_BYTES = 2048;
const SEED = 7;

interface Row {
  bytes: number;
  milliseconds: number;
}

const naive = await naiveRows();
const { rows: ours, documents, read } = await ownRows();
process.stdout.write('turns   naive kB   ours kB   ratio   documents   naive ms/turn   ours ms/turn\n');
for (const [i, turns] of TURNS.entries()) {
  const before = naive[i];
  const after = ours[i];
  if (after === undefined) continue;
  const cells = [
    String(turns).padStart(5),
    (before === undefined ? '-' : kilobytes(before.bytes)).padStart(10),
    kilobytes(after.bytes).padStart(9),
    (before === undefined ? '-' : (before.bytes / after.bytes).toFixed(1)).padStart(7),
    String(documents[i]).padStart(11),
    (before === undefined ? '-' : (before.milliseconds / turns).toFixed(1)).padStart(15),
    (after.milliseconds / turns).toFixed(1).padStart(14),
  ];
  process.stdout.write(`${cells.join(' ')}\n`);
}
process.stdout.write(`reading the latest checkpoint after ${TURNS.at(-1)} turns: ${read} documents\n\n`);
process.stdout.write(chart());

/** Bytes written against turns; a bar's length is the logarithm, so that both fit on one page. */
function chart(): string {
  const rows = TURNS.flatMap((turns, i) =>
    Object.entries({ naive: naive[i], ours: ours[i] }).flatMap(([who, row]) =>
      row === undefined ? [] : [{ turns, who, bytes: row.bytes }],
    ),
  );
  const log = (bytes: number) => Math.log10(bytes / CHART_FROM);
  const most = Math.max(...rows.map(({ bytes }) => log(bytes)));
  const lines = rows.map(({ turns, who, bytes }) => {
    const bar = '#'.repeat(Math.max(1, Math.round((log(bytes) / most) * CHART_WIDTH)));
    return `${String(turns).padStart(5)} ${who.padEnd(5)} |${bar} ${kilobytes(bytes)} kB`;
  });
  return `bytes written against turns (logarithmic)\n${lines.join('\n')}\n`;
}

async function naiveRows(): Promise<Row[]> {
  let bytes = 0;
  const { serde } = new MemorySaver();
  const saver = new MemorySaver({
    dumpsTyped: async (value) => {
      const dumped = await serde.dumpsTyped(value);
      bytes += dumped[1].byteLength;
      return dumped;
    },
    loadsTyped: (type, data) => serde.loadsTyped(type, data),
  });
  return chat(saver, NAIVE_TURNS, () => bytes);
}

async function ownRows(): Promise<{ rows: Row[]; documents: number[]; read: number }> {
  const { documents: store, counts } = countDocuments(memoryDocuments());
  const written: number[] = [];
  const rows = await chat(openSaver(store), TURNS, () => {
    written.push(counts.written);
    return counts.bytes;
  });
  const reader = countDocuments(store);
  await openSaver(reader.documents).getTuple({ configurable: { thread_id: 't' } });
  return { rows, documents: written, read: reader.counts.read };
}

/** Runs the turns; at each number of them asks for the bytes written so far. */
async function chat(saver: BaseCheckpointSaver, turns: number[], bytes: () => number): Promise<Row[]> {
  const text = randomText(SEED);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('reply', () => ({ messages: [new AIMessage(text(MESSAGE_BYTES))] }))
    .addEdge(START, 'reply')
    .addEdge('reply', END)
    .compile({ checkpointer: saver });
  const start = performance.now();
  const rows: Row[] = [];
  for (let turn = 1; turn <= (turns.at(-1) ?? 0); turn += 1) {
    const config = { configurable: { thread_id: 't' }, durability: 'sync' as const };
    await graph.invoke({ messages: [new HumanMessage(text(MESSAGE_BYTES))] }, config);
    if (turns.includes(turn)) rows.push({ bytes: bytes(), milliseconds: performance.now() - start });
  }
  return rows;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
