import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph';
import { threadPath } from '@longrun/shared';
import { expect, it } from 'vitest';
import { directSink } from '../saver/direct-sink.ts';
import { DocumentSaver } from '../saver/saver.ts';
import { Lab } from '../testing/lab.ts';

it('what the tasks of an open step wrote comes back in the order in which LangGraph applies it', async () => {
  const State = Annotation.Root({
    said: Annotation<number[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  });
  const tasks = Array.from({ length: 12 }, (_, i) => i);
  const graph = new StateGraph(State)
    .addNode('work', ({ i }: { i: number }) => ({ said: [i === 11 ? Number(interrupt('?')) : i] }))
    .addConditionalEdges(START, () => tasks.map((i) => new Send('work', { i })), ['work'])
    .addEdge('work', END)
    .compile();
  const lab = new Lab({ graph });
  const { documents } = lab;
  const run = await lab.work(await lab.create());
  const saver = new DocumentSaver({
    documents,
    threadPath: (id) => threadPath(run.owner, id),
    sink: directSink(documents),
  });
  const tuple = await saver.getTuple({ configurable: { thread_id: run.thread_id, checkpoint_ns: '' } });
  const said = (tuple?.pendingWrites ?? []).filter(([, channel]) => channel === 'said');
  expect(said.map(([, , value]) => value)).toEqual(tasks.slice(0, 11).map((i) => [i]));
});
