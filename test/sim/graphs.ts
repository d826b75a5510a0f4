import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import type { ServedGraph } from '../../functions/src/project/served-graph.ts';
import { served } from '../../functions/src/project/testing/served.ts';
import { work } from './work.ts';

/** Small real graphs. `seen` gets one element from each step that ended, so that it tells what was lost or doubled. */
const State = Annotation.Root({
  seen: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type State = typeof State.State;

const step = (name: string) => async (_state: State, config: LangGraphRunnableConfig) => ({
  seen: [await work(name, config)],
});

const asking =
  (name: string, questions: number) => async (_state: State, config: LangGraphRunnableConfig) => {
    const answers: unknown[] = [];
    for (let i = 0; i < questions; i += 1) answers.push(interrupt({ name, question: i + 1 }));
    return {
      seen: [await work(name, config), ...answers.map((answer, i) => `${name}?${i + 1}=${String(answer)}`)],
    };
  };

/** a -> b -> c */
const line = new StateGraph(State)
  .addNode('a', step('a'))
  .addNode('b', step('b'))
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .addEdge('b', END)
  .compile();

/** plan -> three searches in parallel -> join */
const fan = new StateGraph(State)
  .addNode('plan', step('plan'))
  .addNode('search', async ({ q }: { q: string }, config: LangGraphRunnableConfig) => ({
    seen: [await work(`search ${q}`, config)],
  }))
  .addNode('join', step('join'))
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', () => ['x', 'y'].map((q) => new Send('search', { q })), ['search'])
  .addEdge('search', 'join')
  .addEdge('join', END)
  .compile();

/** {left, right} in parallel -> join, which waits for both; each may fail on its own. */
const fork = new StateGraph(State)
  .addNode('left', step('left'))
  .addNode('right', step('right'))
  .addNode('join', step('join'))
  .addEdge(START, 'left')
  .addEdge(START, 'right')
  .addEdge(['left', 'right'], 'join')
  .addEdge('join', END)
  .compile();

/** draft -> ask twice -> book */
const asks = new StateGraph(State)
  .addNode('draft', step('draft'))
  .addNode('ask', asking('ask', 2))
  .addNode('book', step('book'))
  .addEdge(START, 'draft')
  .addEdge('draft', 'ask')
  .addEdge('ask', 'book')
  .addEdge('book', END)
  .compile();

/** {first, second, work} in parallel, two of which ask -> join */
const both = new StateGraph(State)
  .addNode('first', asking('first', 1))
  .addNode('second', asking('second', 1))
  .addNode('aside', step('aside'))
  .addNode('join', step('join'))
  .addEdge(START, 'first')
  .addEdge(START, 'second')
  .addEdge(START, 'aside')
  .addEdge(['first', 'second', 'aside'], 'join')
  .addEdge('join', END)
  .compile();

/** a -> {x -> y, which asks} as a graph of its own -> z */
const inner = new StateGraph(State)
  .addNode('x', step('x'))
  .addNode('y', asking('y', 1))
  .addEdge(START, 'x')
  .addEdge('x', 'y')
  .addEdge('y', END)
  .compile();
const nested = new StateGraph(State)
  .addNode('a', step('a'))
  .addNode(
    'inner',
    async (_state: State, config: LangGraphRunnableConfig) => await inner.invoke({ seen: [] }, config),
  )
  .addNode('z', step('z'))
  .addEdge(START, 'a')
  .addEdge('a', 'inner')
  .addEdge('inner', 'z')
  .addEdge('z', END)
  .compile();

/** What a run of each graph has done when it completed, beside answers. */
export const STEPS = {
  line: ['a', 'b'],
  fan: ['plan', 'search x', 'search y', 'join'],
  fork: ['left', 'right', 'join'],
  asks: ['draft', 'ask', 'book'],
  both: ['first', 'second', 'aside', 'join'],
  nested: ['a', 'x', 'y', 'z'],
} as const;
export type GraphName = keyof typeof STEPS;

const GRAPHS: Record<GraphName, unknown> = { line, fan, fork, asks, both, nested };

export async function graphNamed(name: string): Promise<ServedGraph> {
  const graph = GRAPHS[name as GraphName];
  if (graph === undefined) throw new Error(`There is no graph ${name}.`);
  return await served(graph, name);
}
