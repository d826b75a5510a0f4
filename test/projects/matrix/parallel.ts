import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** Two nodes of one step ask at once, a third one only works. */
const State = Annotation.Root({
  ...common,
  found: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});

type Of = typeof State.State;

const asks = (name: string) => async (state: Of) => {
  await pause(state, name);
  const answer: unknown = interrupt({ question: `What does ${name} say?` });
  await pause(state, `${name} answered`);
  await effect(state, name);
  return { found: [`${name}: ${String(answer)}`] };
};

export const graph = new StateGraph(State)
  .addNode('left', asks('left'))
  .addNode('right', asks('right'))
  .addNode('works', async (state) => {
    await pause(state, 'works');
    await effect(state, 'works');
    return { found: ['works'] };
  })
  .addNode('join', async (state) => {
    await effect(state, 'join');
    return { found: ['join'] };
  })
  .addEdge(START, 'left')
  .addEdge(START, 'right')
  .addEdge(START, 'works')
  .addEdge(['left', 'right', 'works'], 'join')
  .addEdge('join', END)
  .compile();
