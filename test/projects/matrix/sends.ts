import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** A plan is worked off side by side, then the results are joined. */
const State = Annotation.Root({
  ...common,
  items: Annotation<number>(),
  squares: Annotation<number[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  sum: Annotation<number>(),
});

type Item = Pick<typeof State.State, 'key' | 'seed' | 'wait_ms'> & { item: number };

export const graph = new StateGraph(State)
  .addNode('plan', async (state) => {
    await pause(state, 'plan');
    await effect(state, 'plan');
    return {};
  })
  .addNode('work', async (state: Item) => {
    await pause(state, `work ${state.item}`);
    await effect(state, `work-${state.item}`);
    return { squares: [state.item ** 2] };
  })
  .addNode('join', async (state) => {
    await effect(state, 'join');
    return { sum: state.squares.reduce((a, b) => a + b, 0) };
  })
  .addEdge(START, 'plan')
  .addConditionalEdges(
    'plan',
    ({ items, key, seed, wait_ms }) =>
      Array.from({ length: items }, (_, item) => new Send('work', { item, key, seed, wait_ms })),
    ['work'],
  )
  .addEdge('work', 'join')
  .addEdge('join', END)
  .compile();
