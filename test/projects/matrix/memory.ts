import { Annotation, END, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** Remembers what it is told: in its thread, and for all threads under a name in the store. */
const State = Annotation.Root({
  ...common,
  /** Under which name of the store. */
  about: Annotation<string>(),
  note: Annotation<string>(),
  turns: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  known: Annotation<string[]>(),
});

export const graph = new StateGraph(State)
  .addNode('learn', async (state, config: LangGraphRunnableConfig) => {
    await pause(state, 'learn');
    await config.store?.put(['notes', state.about], state.note, { text: state.note });
    await effect(state, 'learn');
    return { turns: [state.note] };
  })
  .addNode('recall', async (state, config: LangGraphRunnableConfig) => {
    await pause(state, 'recall');
    const found = (await config.store?.search(['notes', state.about])) ?? [];
    await effect(state, 'recall');
    return { known: found.map(({ value }) => String(value['text'])).sort() };
  })
  .addEdge(START, 'learn')
  .addEdge('learn', 'recall')
  .addEdge('recall', END)
  .compile();
