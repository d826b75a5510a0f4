import 'dotenv/config';
import { basename } from 'node:path';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** A fresh clone: what langgraph.json and dotenv look for is not there yet. */
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('say', () => ({
    messages: [
      { role: 'assistant', content: `${process.env['GREETING'] ?? 'silence'} in ${basename(process.cwd())}` },
    ],
  }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile();
