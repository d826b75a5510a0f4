import { END, START, StateGraph } from '@langchain/langgraph';
import { work } from '../work.ts';
import { moved, type Edition, type SimulatedGraph } from './edition.ts';
import { asking, Inner, Outer, State, step } from './state.ts';

/** plan -> mail -> drop, with a breakpoint before each of the last two. */
export const gates: SimulatedGraph = {
  build: (edition) => gated(edition).compile({ interruptBefore: [moved('mail', edition), 'drop'] }),
  steps: ['plan', 'mail', 'drop'],
  guarded: ['mail', 'drop'],
  moved: { node: 'mail', step: 'mail', after: ['plan'], before: ['drop'], removable: false },
};

/** The same with breakpoints before and after one node. */
export const around: SimulatedGraph = {
  build: () => gated('first').compile({ interruptBefore: ['mail'], interruptAfter: ['mail'] }),
  steps: ['plan', 'mail', 'drop'],
  guarded: ['mail', 'drop'],
};

/** plan -> mail, which asks behind its breakpoint -> drop */
export const asksBehind: SimulatedGraph = {
  build: () =>
    new StateGraph(State)
      .addNode('plan', step('plan'))
      .addNode('mail', asking('mail', 1))
      .addNode('drop', step('drop'))
      .addEdge(START, 'plan')
      .addEdge('plan', 'mail')
      .addEdge('mail', 'drop')
      .addEdge('drop', END)
      .compile({ interruptBefore: ['mail'] }),
  steps: ['plan', 'mail', 'drop'],
  guarded: ['mail'],
  questions: ['mail?1'],
};

/** The same as the first, and it is the run that names them. */
export const free: SimulatedGraph = {
  build: () => gated('first').compile(),
  steps: ['plan', 'mail', 'drop'],
  guarded: ['mail', 'drop'],
};

function gated(edition: Edition) {
  const mail = moved('mail', edition);
  return new StateGraph(State)
    .addNode('plan', step('plan'))
    .addNode(mail, step('mail'))
    .addNode('drop', step('drop'))
    .addEdge(START, 'plan')
    .addEdge('plan', mail)
    .addEdge(mail, 'drop')
    .addEdge('drop', END);
}

/** {plan -> mail -> drop} as a node, whose breakpoints are its own -> report */
export const gatesWithin: SimulatedGraph = {
  build() {
    const note = (name: string) => async (_state: unknown, config: object) => ({
      notes: [await work(name, config)],
    });
    const inner = new StateGraph(Inner)
      .addNode('plan', note('plan'))
      .addNode('mail', note('mail'))
      .addNode('drop', note('drop'))
      .addEdge(START, 'plan')
      .addEdge('plan', 'mail')
      .addEdge('mail', 'drop')
      .compile({ interruptBefore: ['mail', 'drop'] });
    return new StateGraph(Outer)
      .addNode('begin', async (_state, config) => ({ seen: [await work('begin', config)], notes: [] }))
      .addNode('inner', inner)
      .addNode('report', async ({ notes }, config) => ({ seen: [...notes, await work('report', config)] }))
      .addEdge(START, 'begin')
      .addEdge('begin', 'inner')
      .addEdge('inner', 'report')
      .compile();
  },
  steps: ['begin', 'plan', 'mail', 'drop', 'report'],
  guarded: ['mail', 'drop'],
};
