import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { openSaver } from './testing.ts';

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});
const config = { configurable: { thread_id: 't' }, durability: 'sync' as const };

/** a -> {b1, b2} -> c; counts how often each node ran. */
function graph(saver: BaseCheckpointSaver, ran: Map<string, number>) {
  const node = (name: string) => () => {
    ran.set(name, (ran.get(name) ?? 0) + 1);
    return { trail: [name] };
  };
  return new StateGraph(State)
    .addNode('a', node('a'))
    .addNode('b1', node('b1'))
    .addNode('b2', node('b2'))
    .addNode('c', node('c'))
    .addEdge(START, 'a')
    .addEdge('a', 'b1')
    .addEdge('a', 'b2')
    .addEdge(['b1', 'b2'], 'c')
    .addEdge('c', END)
    .compile({ checkpointer: saver });
}

/** Runs on a store that fails for good at the commit after so many; its last one may have been made. */
async function crashAfter(commits: number, made: boolean) {
  const store = memoryDocuments();
  let count = 0;
  const documents = {
    ...store,
    commit: async (writes: Parameters<typeof store.commit>[0]) => {
      count += 1;
      if (count <= commits || (made && count === commits + 1)) await store.commit(writes);
      if (count > commits) throw new Error('the store is gone');
    },
  };
  const run = graph(openSaver(documents), new Map()).invoke({ trail: [] }, config);
  const ended = await run.then(
    () => true,
    () => false,
  );
  return { store, ended };
}

/** Nodes whose results are in the state or among the pending writes. */
async function committed(saver: BaseCheckpointSaver): Promise<string[]> {
  const tuple = await saver.getTuple(config);
  const pending = (tuple?.pendingWrites ?? []).filter(([, channel]) => channel === 'trail');
  const trail = tuple?.checkpoint.channel_values['trail'] ?? [];
  return [trail, ...pending.map(([, , value]) => value)].flat().map(String);
}

test.each([
  ['refused', false],
  ['made, but its acknowledgement lost', true],
])(
  'each commit %s in turn -> the next attempt ends in the same state and repeats nothing',
  async (_, made) => {
    let points = 0;
    for (let commits = 0; ; commits += 1) {
      const { store, ended } = await crashAfter(commits, made);
      if (ended) break;
      points += 1;
      const saver = openSaver(store);
      const started = (await saver.getTuple(config)) !== undefined;
      const done = await committed(saver);
      const ran = new Map<string, number>();
      const result = await graph(saver, ran).invoke(started ? null : { trail: [] }, config);
      expect(result.trail, `after ${commits} commits`).toEqual(['a', 'b1', 'b2', 'c']);
      expect([...done, ...ran.keys()].sort(), `after ${commits} commits`).toEqual(['a', 'b1', 'b2', 'c']);
      expect([...ran.values()].every((times) => times === 1)).toBe(true);
    }
    // Input, then for each super-step its tasks' writes and its checkpoint.
    expect(points).toBe(1 + 2 + 2 + 3 + 2);
  },
);
