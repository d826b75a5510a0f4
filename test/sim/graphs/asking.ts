import { END, Send, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { ask, work } from '../work.ts';
import { moved, type SimulatedGraph } from './edition.ts';
import { asking, Inner, Outer, State, step } from './state.ts';

/** draft -> ask twice -> book */
export const asks: SimulatedGraph = {
  build(edition) {
    if (edition === 'removed') {
      return new StateGraph(State)
        .addNode('draft', step('draft'))
        .addNode('book', step('book'))
        .addEdge(START, 'draft')
        .addEdge('draft', 'book')
        .compile();
    }
    const asker = moved('ask', edition);
    return new StateGraph(State)
      .addNode('draft', step('draft'))
      .addNode(asker, asking('ask', 2))
      .addNode('book', step('book'))
      .addEdge(START, 'draft')
      .addEdge('draft', asker)
      .addEdge(asker, 'book')
      .addEdge('book', END)
      .compile();
  },
  steps: ['draft', 'ask', 'book'],
  questions: ['ask?1', 'ask?2'],
  moved: { node: 'ask', step: 'ask', after: ['draft'], before: ['book'], removable: true },
};

/** {first, second, aside} in parallel, two of which ask -> join */
export const both: SimulatedGraph = {
  build(edition) {
    const second = moved('second', edition);
    return new StateGraph(State)
      .addNode('first', asking('first', 2))
      .addNode(second, asking('second', 1))
      .addNode('aside', step('aside'))
      .addNode('join', step('join'))
      .addEdge(START, 'first')
      .addEdge(START, second)
      .addEdge(START, 'aside')
      .addEdge(['first', second, 'aside'], 'join')
      .addEdge('join', END)
      .compile();
  },
  steps: ['first', 'second', 'aside', 'join'],
  questions: ['first?1', 'first?2', 'second?1'],
  moved: { node: 'second', step: 'second', after: [], before: ['join'], removable: false },
};

/** a -> {x -> y, which asks} as a graph that a node calls -> z */
export const nested: SimulatedGraph = {
  build(edition) {
    const y = moved('y', edition);
    const begun = new StateGraph(State).addNode('x', step('x')).addEdge(START, 'x');
    const inner =
      edition === 'removed'
        ? begun.compile()
        : begun.addNode(y, asking('y', 1)).addEdge('x', y).addEdge(y, END).compile();
    return new StateGraph(State)
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
  },
  steps: ['a', 'x', 'y', 'z'],
  questions: ['y?1'],
  moved: { node: 'y', step: 'y', after: ['x'], before: ['inner'], removable: true },
};

/** a -> {x -> y, which asks} as a node -> z */
export const within: SimulatedGraph = {
  build(edition) {
    const y = moved('y', edition);
    const inner = new StateGraph(Inner)
      .addNode('x', async (_state, config) => ({ notes: [await work('x', config)] }))
      .addNode(y, async (_state, config) => ({ notes: await ask('y', 1, config) }))
      .addEdge(START, 'x')
      .addEdge('x', y)
      .addEdge(y, END)
      .compile();
    return new StateGraph(Outer)
      .addNode('a', async (_state, config) => ({ seen: [await work('a', config)], notes: [] }))
      .addNode('inner', inner)
      .addNode('z', async ({ notes }, config) => ({ seen: [...notes, await work('z', config)] }))
      .addEdge(START, 'a')
      .addEdge('a', 'inner')
      .addEdge('inner', 'z')
      .addEdge('z', END)
      .compile();
  },
  steps: ['a', 'x', 'y', 'z'],
  questions: ['y?1'],
  moved: { node: 'y', step: 'y', after: ['x'], before: ['inner'], removable: false },
};

/** a -> {x and y in parallel, of which y asks} as a node -> z */
export const pair: SimulatedGraph = {
  build(edition) {
    const y = moved('y', edition);
    const inner = new StateGraph(Inner)
      .addNode('x', async (_state, config) => ({ notes: [await work('x', config)] }))
      .addNode(y, async (_state, config) => ({ notes: await ask('y', 1, config) }))
      .addEdge(START, 'x')
      .addEdge(START, y)
      .compile();
    return new StateGraph(Outer)
      .addNode('a', async (_state, config) => ({ seen: [await work('a', config)], notes: [] }))
      .addNode('inner', inner)
      .addNode('z', async ({ notes }, config) => ({ seen: [...notes, await work('z', config)] }))
      .addEdge(START, 'a')
      .addEdge('a', 'inner')
      .addEdge('inner', 'z')
      .addEdge('z', END)
      .compile();
  },
  steps: ['a', 'x', 'y', 'z'],
  questions: ['y?1'],
  moved: { node: 'y', step: 'y', after: ['a'], before: ['inner'], removable: false },
};

/** plan -> offers in parallel, one of which asks -> join */
export const offers: SimulatedGraph = {
  build: (edition) => makeOffers(moved('offer', edition)).compile(),
  steps: ['plan', 'offer x', 'offer y', 'offer z', 'join'],
  repeated: ['offer'],
  questions: ['offer y?1'],
  moved: { node: 'offer', step: 'offer y', after: ['plan'], before: ['join'], removable: false },
};

/** The same, and fewer may go on at once. */
export const fewOffers: SimulatedGraph = {
  build: () => makeOffers('offer').compile().withConfig({ maxConcurrency: 2 }),
  steps: offers.steps,
  repeated: ['offer'],
  questions: ['offer y?1'],
};

function makeOffers(offer: string) {
  return new StateGraph(State)
    .addNode('plan', step('plan'))
    .addNode(offer, async ({ q }: { q: string }, config: LangGraphRunnableConfig) => ({
      seen: q === 'y' ? await ask(`offer ${q}`, 1, config) : [await work(`offer ${q}`, config)],
    }))
    .addNode('join', step('join'))
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', () => ['x', 'y', 'z'].map((q) => new Send(offer, { q })), [offer])
    .addEdge(offer, 'join')
    .addEdge('join', END);
}
