import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** One node asks two questions, one after the other. */
const State = Annotation.Root({ ...common, answers: Annotation<unknown[]>() });

export const graph = new StateGraph(State)
  .addNode('before', async (state) => {
    await pause(state, 'before');
    await effect(state, 'before');
    return {};
  })
  .addNode('ask', async (state) => {
    await pause(state, 'first');
    const first: unknown = interrupt({ question: 'The first?' });
    await pause(state, 'second');
    const second: unknown = interrupt({ question: 'The second?' });
    await pause(state, 'last');
    await effect(state, 'asked');
    return { answers: [first, second] };
  })
  .addNode('after', async (state) => {
    await effect(state, 'after');
    return {};
  })
  .addEdge(START, 'before')
  .addEdge('before', 'ask')
  .addEdge('ask', 'after')
  .addEdge('after', END)
  .compile();
