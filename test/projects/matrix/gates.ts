import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** Stops before two of its nodes unless `straight`, then takes many steps of some length each. */
const State = Annotation.Root({
  ...common,
  straight: Annotation<boolean | undefined>(),
  steps: Annotation<number>(),
  step_ms: Annotation<number>(),
  /** This step throws until the file that MENDED names is there. */
  fails_at: Annotation<string | undefined>(),
  done: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});

type Of = typeof State.State;

const gate = (name: string) => async (state: Of) => {
  await pause(state, name);
  await effect(state, name);
  return { done: [name] };
};

export const graph = new StateGraph(State)
  .addNode('plan', gate('plan'))
  .addNode('pay', gate('pay'))
  .addNode('send', gate('send'))
  .addNode('step', async (state) => {
    const name = `step-${state.done.filter((each) => each.startsWith('step')).length + 1}`;
    await delay(state.step_ms);
    await pause(state, name);
    if (state.fails_at === name && !existsSync(process.env['MENDED'] ?? '')) throw new Error('Not mended.');
    await effect(state, name);
    return { done: [name] };
  })
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', ({ straight }) => (straight === true ? 'step' : 'pay'), ['step', 'pay'])
  .addEdge('pay', 'send')
  .addEdge('send', 'step')
  .addConditionalEdges('step', ({ done, steps }) => (done.includes(`step-${steps}`) ? END : 'step'), [
    'step',
    END,
  ])
  .compile({ interruptBefore: ['pay', 'send'] });
