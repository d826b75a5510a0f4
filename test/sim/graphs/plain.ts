import { Command, END, Send, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { named, work } from '../work.ts';
import { moved, type Edition, type SimulatedGraph } from './edition.ts';
import { State, StateWithRemark, step } from './state.ts';

/** a -> b */
export const line: SimulatedGraph = {
  build(edition) {
    if (edition === 'removed')
      return new StateGraph(State).addNode('a', step('a')).addEdge(START, 'a').compile();
    const b = moved('b', edition);
    const keyless = edition === 'keyless';
    return new StateGraph(keyless ? State : StateWithRemark)
      .addNode('a', async (state: State, config: LangGraphRunnableConfig) => ({
        ...(await step('a')(state, config)),
        ...(keyless ? {} : { remark: 'done' }),
      }))
      .addNode(b, step('b'))
      .addEdge(START, 'a')
      .addEdge('a', b)
      .addEdge(b, END)
      .compile();
  },
  steps: ['a', 'b'],
  moved: { node: 'b', step: 'b', after: ['a'], before: [], removable: true },
};

/** plan -> searches in parallel -> join */
export const fan: SimulatedGraph = {
  build: (edition) => searches(['x', 'y'], edition).compile(),
  steps: ['plan', 'search x', 'search y', 'join'],
  repeated: ['search'],
  moved: { node: 'search', step: 'search x', after: ['plan'], before: ['join'], removable: false },
};

/** One search at a time: LangGraph leaves the others over. */
export const narrow: SimulatedGraph = {
  build: (edition) => searches(['x', 'y', 'z'], edition).compile().withConfig({ maxConcurrency: 1 }),
  steps: ['plan', 'search x', 'search y', 'search z', 'join'],
  repeated: ['search'],
  moved: { node: 'search', step: 'search x', after: ['plan'], before: ['join'], removable: false },
};

/** Two at a time: others wait for their turn. */
export const queued: SimulatedGraph = {
  build: (edition) => searches(['w', 'x', 'y', 'z'], edition).compile().withConfig({ maxConcurrency: 2 }),
  steps: ['plan', 'search w', 'search x', 'search y', 'search z', 'join'],
  repeated: ['search'],
  moved: { node: 'search', step: 'search x', after: ['plan'], before: ['join'], removable: false },
};

function searches(topics: string[], edition: Edition) {
  const search = moved('search', edition);
  return new StateGraph(State)
    .addNode('plan', step('plan'))
    .addNode(search, async ({ q }: { q: string }, config: LangGraphRunnableConfig) => ({
      seen: [await work(`search ${q}`, config)],
    }))
    .addNode('join', step('join'))
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', () => topics.map((q) => new Send(search, { q })), [search])
    .addEdge(search, 'join')
    .addEdge('join', END);
}

/** {left, right} in parallel -> join, which waits for both; each may fail on its own. */
export const fork: SimulatedGraph = {
  build(edition) {
    const left = moved('left', edition);
    return new StateGraph(State)
      .addNode(left, step('left'))
      .addNode('right', step('right'))
      .addNode('join', step('join'))
      .addEdge(START, left)
      .addEdge(START, 'right')
      .addEdge([left, 'right'], 'join')
      .addEdge('join', END)
      .compile();
  },
  steps: ['left', 'right', 'join'],
  moved: { node: 'left', step: 'left', after: [], before: ['join'], removable: false },
};

const TURNS = 3;

/** turn -> turn -> turn */
export const loop: SimulatedGraph = {
  build() {
    const done = ({ seen }: State, config: LangGraphRunnableConfig) =>
      seen.filter((entry) => entry.startsWith(named('turn ', config))).length;
    return new StateGraph(State)
      .addNode('turn', async (state: State, config: LangGraphRunnableConfig) => ({
        seen: [await work(`turn ${done(state, config) + 1}`, config)],
      }))
      .addEdge(START, 'turn')
      .addConditionalEdges('turn', (state, config) => (done(state, config) < TURNS ? 'turn' : END), [
        'turn',
        END,
      ])
      .compile();
  },
  steps: Array.from({ length: TURNS }, (_, i) => `turn ${i + 1}`),
  repeated: ['turn'],
};

/** support, an agent of its own that hands over -> sales */
export const handOver: SimulatedGraph = {
  build(edition) {
    const sales = moved('sales', edition);
    const support = new StateGraph(State)
      .addNode('decide', async (state: State, config: LangGraphRunnableConfig) => {
        return new Command({
          graph: Command.PARENT,
          goto: sales,
          update: await step('decide')(state, config),
        });
      })
      .addEdge(START, 'decide')
      .compile();
    return new StateGraph(State)
      .addNode('support', support, { ends: [sales] })
      .addNode(sales, step('sales'))
      .addEdge(START, 'support')
      .addEdge(sales, END)
      .compile();
  },
  steps: ['decide', 'sales'],
  moved: { node: 'sales', step: 'sales', after: ['support'], before: [], removable: false },
};
