import { Annotation, Command, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** A node chooses where to go, a graph inside of the graph asks, and hands over to a node of the outer one. */
const State = Annotation.Root({
  ...common,
  path: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  answer: Annotation<string>(),
});

type Of = typeof State.State;

const inner = new StateGraph(State)
  .addNode('prepares', async (state: Of) => {
    await pause(state, 'prepares');
    await effect(state, 'prepares');
    return { path: ['prepares'] };
  })
  .addNode('asks', async (state: Of) => {
    await pause(state, 'asks');
    const answer: unknown = interrupt({ question: 'From inside?' });
    await pause(state, 'asked');
    await effect(state, 'asks');
    return { path: ['asks'], answer: String(answer) };
  })
  .addNode('hands_over', async (state: Of) => {
    await pause(state, 'hands_over');
    await effect(state, 'hands_over');
    // The outer graph gets what is named here, and nothing else of the inner one's state.
    const update = { path: ['hands_over'], answer: state.answer };
    return new Command({ graph: Command.PARENT, goto: 'last', update });
  })
  .addEdge(START, 'prepares')
  .addEdge('prepares', 'asks')
  .addEdge('asks', 'hands_over')
  .compile();

export const graph = new StateGraph(State)
  .addNode(
    'chooses',
    async (state: Of) => {
      await pause(state, 'chooses');
      await effect(state, 'chooses');
      return new Command({ goto: 'inner', update: { path: ['chooses'] } });
    },
    { ends: ['inner', 'never'] },
  )
  .addNode('inner', inner, { ends: ['last'] })
  .addNode('never', () => ({ path: ['never'] }))
  .addNode('last', async (state: Of) => {
    await effect(state, 'last');
    return { path: ['last'] };
  })
  .addEdge(START, 'chooses')
  .addEdge('never', END)
  .addEdge('last', END)
  .compile();
