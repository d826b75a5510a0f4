import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import { expect, it } from 'vitest';
import { Lab } from '../testing/lab.ts';

it('a step of many tasks -> the event loop turns while they begin, so that others get on', async () => {
  const State = Annotation.Root({
    turns: Annotation<number[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  });
  let turn = 0;
  let open = true;
  const count = () => {
    turn += 1;
    if (open) setImmediate(count);
  };
  setImmediate(count);
  const graph = new StateGraph(State)
    .addNode('work', () => ({ turns: [turn] }))
    .addConditionalEdges(START, () => Array.from({ length: 160 }, () => new Send('work', {})), ['work'])
    .addEdge('work', END)
    .compile();
  const lab = new Lab({ graph });
  const run = await lab.work(await lab.create());
  open = false;
  const { turns } = run.output as { turns: number[] };
  const perTurn = turns.reduce((sum, at) => sum.set(at, (sum.get(at) ?? 0) + 1), new Map<number, number>());
  expect(turns).toHaveLength(160);
  expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(64);
});
