import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { countDocuments, openSaver, recordingSink } from './testing.ts';

const State = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  topic: Annotation<string>(),
});
const at = (more: Record<string, unknown> = {}) => ({
  configurable: { thread_id: 't', ...more },
  durability: 'sync' as const,
});

async function history(graph: {
  getStateHistory(config: object): AsyncIterable<unknown>;
}): Promise<unknown[]> {
  const states: unknown[] = [];
  for await (const state of graph.getStateHistory(at())) states.push(state);
  return states;
}

describe('interrupts', () => {
  const graph = (saver: BaseCheckpointSaver) =>
    new StateGraph(State)
      .addNode('ask', () => {
        const answer: unknown = interrupt({ question: 'which?' });
        const second: unknown = interrupt({ question: 'sure?' });
        return { trail: [`${String(answer)}, ${String(second)}`] };
      })
      .addNode('after', () => ({ trail: ['after'] }))
      .addEdge(START, 'ask')
      .addEdge('ask', 'after')
      .addEdge('after', END)
      .compile({ checkpointer: saver });

  test('asked -> asleep -> answered by another process, twice -> done', async () => {
    const store = memoryDocuments();
    const first = await graph(openSaver(store)).invoke({ trail: [] }, at());
    expect(first).toMatchObject({ __interrupt__: [{ value: { question: 'which?' } }] });
    const second = await graph(openSaver(store)).invoke(new Command({ resume: 'this' }), at());
    expect(second).toMatchObject({ __interrupt__: [{ value: { question: 'sure?' } }] });
    const asleep = await graph(openSaver(store)).getState(at());
    expect(asleep.tasks[0]?.interrupts).toMatchObject([{ value: { question: 'sure?' } }]);
    const done = await graph(openSaver(store)).invoke(new Command({ resume: 'yes' }), at());
    expect(done.trail).toEqual(['this, yes', 'after']);
  });
});

describe('subgraphs', () => {
  const graph = (saver: BaseCheckpointSaver) => {
    const child = new StateGraph(State)
      .addNode('one', () => ({ trail: ['one'] }))
      .addNode('two', () => ({ trail: [`two ${String(interrupt('go on?'))}`] }))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', END)
      .compile();
    return new StateGraph(State)
      .addNode('before', () => ({ trail: ['before'] }))
      .addNode('child', child)
      .addEdge(START, 'before')
      .addEdge('before', 'child')
      .addEdge('child', END)
      .compile({ checkpointer: saver });
  };

  test('keep checkpoints in a namespace of their own and resume inside it', async () => {
    const store = memoryDocuments();
    await graph(openSaver(store)).invoke({ trail: [] }, at());
    const namespaces = new Set<string>();
    for await (const tuple of openSaver(store).list({ configurable: { thread_id: 't' } })) {
      namespaces.add(String(tuple.config.configurable?.['checkpoint_ns']).replace(/:.*/, ''));
    }
    expect([...namespaces].sort()).toEqual(['', 'child']);
    const inner = (await graph(openSaver(store)).getState(at(), { subgraphs: true })).tasks[0]?.state;
    expect(inner).toMatchObject({ next: ['two'], values: { trail: ['before', 'one'] } });
    const done = await graph(openSaver(store)).invoke(new Command({ resume: 'yes' }), at());
    expect(done.trail.slice(-2)).toEqual(['one', 'two yes']);
  });
});

describe('time travel', () => {
  const graph = (saver: BaseCheckpointSaver) =>
    new StateGraph(State)
      .addNode('write', ({ topic }) => ({ trail: [`write ${topic}`] }))
      .addNode('check', ({ topic }) => ({ trail: [`check ${topic}`] }))
      .addEdge(START, 'write')
      .addEdge('write', 'check')
      .addEdge('check', END)
      .compile({ checkpointer: saver });

  test('fork from an earlier checkpoint, edit, run on -> both branches keep their values', async () => {
    const store = memoryDocuments();
    const built = graph(openSaver(store));
    await built.invoke({ trail: [], topic: 'cats' }, at());
    const original = await history(built);
    let middle: { config: object } | undefined;
    for await (const state of built.getStateHistory(at())) if (state.next[0] === 'check') middle = state;
    if (middle === undefined) throw new Error('no checkpoint before "check"');
    const fork = await graph(openSaver(store)).updateState(middle.config, { topic: 'dogs' });
    const result = await graph(openSaver(store)).invoke(null, fork);
    expect(result).toEqual({ trail: ['write cats', 'check dogs'], topic: 'dogs' });
    const after = await history(graph(openSaver(store)));
    expect(after.slice(-original.length)).toEqual(original);
  });

  test('a copy of the first checkpoint, which has no parent, holds its values', async () => {
    const store = memoryDocuments();
    const built = graph(openSaver(store));
    await built.invoke({ trail: [], topic: 'cats' }, at());
    let first: { config: object } | undefined;
    for await (const state of built.getStateHistory(at())) first = state;
    if (first === undefined) throw new Error('no checkpoint');
    const fork = await graph(openSaver(store)).updateState(first.config, null, '__copy__');
    const result = await graph(openSaver(store)).invoke(null, fork);
    expect(result).toEqual({ trail: ['write cats', 'check cats'], topic: 'cats' });
  });
});

describe("the same as LangGraph's MemorySaver", () => {
  const graph = (saver: BaseCheckpointSaver) =>
    new StateGraph(State)
      .addNode('plan', () => ({ topic: 'x' }))
      .addNode('search', (state: { topic: string }) => ({ trail: [`search ${state.topic}`] }))
      .addNode('join', () => ({ trail: ['join'] }))
      .addEdge(START, 'plan')
      .addConditionalEdges('plan', () => ['b', 'a', 'c'].map((topic) => new Send('search', { topic })))
      .addEdge('search', 'join')
      .addEdge('join', END)
      .compile({ checkpointer: saver });

  /** Ids and times differ from run to run. */
  const plain = (states: unknown[]) =>
    JSON.parse(
      JSON.stringify(states, (key, value: unknown) =>
        ['checkpoint_id', 'createdAt', 'id', 'checkpoint_map'].includes(key) ? undefined : value,
      ),
    ) as unknown;

  test.each(['sync', 'async', 'exit'] as const)(
    'history of a fan-out under durability %s',
    async (durability) => {
      const run = async (saver: BaseCheckpointSaver) => {
        const built = graph(saver);
        await built.invoke({ trail: [], topic: '' }, { ...at(), durability });
        return plain(await history(built));
      };
      expect(await run(openSaver())).toEqual(await run(new MemorySaver()));
    },
  );
});

describe('documents written', () => {
  test('six nodes in a row: two for each super-step, one for its writes and one for its checkpoint', async () => {
    const { documents, counts } = countDocuments(memoryDocuments());
    const { sink, commits } = recordingSink(documents);
    const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
    let builder = new StateGraph(State) as StateGraph<
      typeof State,
      typeof State.State,
      typeof State.Update,
      string
    >;
    for (const name of names) builder = builder.addNode(name, () => ({ trail: [name] }));
    for (const [i, name] of names.entries()) builder = builder.addEdge(names[i - 1] ?? START, name);
    const built = builder.compile({ checkpointer: openSaver(documents, sink) });
    await built.invoke({ trail: [] }, at());
    // Input's checkpoint, then the super-steps of __start__ and of each node.
    expect(counts.written).toBe(1 + 2 * 7);
    expect(commits.every((writes) => writes.length === 1)).toBe(true);
    expect(counts.read).toBe(1);
  });
});
