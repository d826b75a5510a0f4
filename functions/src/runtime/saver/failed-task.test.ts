import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { describe, expect, test } from 'vitest';
import { openSaver } from './testing.ts';

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});
const config = { configurable: { thread_id: 't', checkpoint_ns: '' }, durability: 'sync' as const };

/** a -> {b1, b2} -> join c; b2 throws in its first attempt. The nodes take so many microtasks. */
async function failThenResume(saver: BaseCheckpointSaver, ticks1: number, ticks2: number): Promise<string[]> {
  let failing = true;
  const wait = async (ticks: number) => {
    for (let i = 0; i < ticks; i += 1) await Promise.resolve();
  };
  const graph = new StateGraph(State)
    .addNode('a', () => ({ trail: ['a'] }))
    .addNode('b1', async () => {
      await wait(ticks1);
      return { trail: ['b1'] };
    })
    .addNode('b2', async () => {
      await wait(ticks2);
      if (failing) throw new Error('b2 fails once');
      return { trail: ['b2'] };
    })
    .addNode('c', () => ({ trail: ['c'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b1')
    .addEdge('a', 'b2')
    .addEdge(['b1', 'b2'], 'c')
    .addEdge('c', END)
    .compile({ checkpointer: saver });
  await expect(graph.invoke({ trail: [] }, config)).rejects.toThrow('b2 fails once');
  failing = false;
  return (await graph.invoke(null, config)).trail;
}

describe('a node that is aborted between its result and its join because its sibling threw', () => {
  test("the defect: with LangGraph's MemorySaver the join never runs, and the run succeeds", async () => {
    expect(await failThenResume(new MemorySaver(), 0, 0)).toEqual(['a', 'b1', 'b2']);
  });

  test('with ours it runs again, and the join after it', async () => {
    expect(await failThenResume(openSaver(), 0, 0)).toEqual(['a', 'b1', 'b2', 'c']);
  });

  test('so it does whatever the timing', async () => {
    for (let ticks1 = 0; ticks1 < 16; ticks1 += 1) {
      for (let ticks2 = 0; ticks2 < 16; ticks2 += 3) {
        expect(await failThenResume(openSaver(), ticks1, ticks2)).toEqual(['a', 'b1', 'b2', 'c']);
      }
    }
  });
});

describe('writes of a task', () => {
  const meta = { source: 'loop' as const, step: 0, parents: {} };
  const open = async () => {
    const saver = openSaver();
    const checkpoint = { v: 4, id: '1', ts: '', channel_values: {}, channel_versions: {}, versions_seen: {} };
    const at = await saver.put(config, checkpoint, meta, {});
    return { saver, at, pending: async () => (await saver.getTuple(at))?.pendingWrites };
  };

  test('failed -> only the error stays: it runs again, and its answers are given to it again', async () => {
    const { saver, at, pending } = await open();
    const error = { name: 'Error', message: 'x' };
    await saver.putWrites(
      at,
      [
        ['trail', ['b']],
        ['__resume__', 'yes'],
        ['__error__', error],
      ],
      'task',
    );
    expect(await pending()).toEqual([['task', '__error__', error]]);
  });

  test('failed, with an error handler in charge -> all stay, for the run goes on with them', async () => {
    const { saver, at, pending } = await open();
    const writes: [string, unknown][] = [
      ['trail', ['b']],
      ['__error__', 'x'],
      ['__error_source_node__', 'b'],
    ];
    await saver.putWrites(at, writes, 'task');
    expect(await pending()).toEqual(writes.map(([channel, value]) => ['task', channel, value]));
  });

  test('failed, then done -> the results count', async () => {
    const { saver, at, pending } = await open();
    await saver.putWrites(
      at,
      [
        ['trail', ['half']],
        ['__error__', 'x'],
      ],
      'task',
    );
    await saver.putWrites(at, [['trail', ['whole']]], 'task');
    expect(await pending()).toContainEqual(['task', 'trail', ['whole']]);
    expect(await pending()).not.toContainEqual(['task', 'trail', ['half']]);
  });

  test('a result that is stored is not replaced; an interrupt is', async () => {
    const { saver, at, pending } = await open();
    await saver.putWrites(at, [['trail', 'first']], 'task');
    await saver.putWrites(at, [['trail', 'second']], 'task');
    await saver.putWrites(at, [['__interrupt__', 'first']], 'task');
    await saver.putWrites(at, [['__interrupt__', 'second']], 'task');
    expect(await pending()).toEqual([
      ['task', 'trail', 'first'],
      ['task', '__interrupt__', 'second'],
    ]);
  });

  test('an unknown checkpoint -> the writes are kept beside what was stored there', async () => {
    const { saver, at } = await open();
    await saver.putWrites(at, [['trail', 'first']], 'task');
    const tuple = await saver.getTuple(at);
    expect(tuple?.pendingWrites).toEqual([['task', 'trail', 'first']]);
  });
});
