import { appendFile } from 'node:fs/promises';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

/** One node whose results are cached by what it was asked; each time it really works is noted in `file`. */
const State = Annotation.Root({
  file: Annotation<string>(),
  asked: Annotation<string>(),
  answer: Annotation<string>(),
});

export const graph = new StateGraph(State)
  .addNode(
    'expensive',
    async ({ file, asked }) => {
      await appendFile(file, `${asked}\n`);
      return { answer: `about ${asked}` };
    },
    { cachePolicy: { ttl: 3_600 } },
  )
  .addEdge(START, 'expensive')
  .addEdge('expensive', END)
  .compile();
