import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** plan -> {left, right} in parallel -> join. `left` is quick, `right` takes `delay_ms`; each start is noted in `file`. */
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  file: Annotation<string>(),
  delay_ms: Annotation<number>({ reducer: (_a, b) => b, default: () => 500 }),
  found: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});

const step = (name: string, slow: boolean) => async (state: typeof State.State) => {
  await appendFile(state.file, `${name}\n`);
  await delay(slow ? state.delay_ms : 10);
  return { found: [name] };
};

export const graph = new StateGraph(State)
  .addNode('plan', step('plan', false))
  .addNode('left', step('left', false))
  .addNode('right', step('right', true))
  .addNode('join', step('join', false))
  .addEdge(START, 'plan')
  .addEdge('plan', 'left')
  .addEdge('plan', 'right')
  .addEdge(['left', 'right'], 'join')
  .addEdge('join', END)
  .compile();
