import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { greet } from '@shared/words';
import { Name, NAME } from '@/name';

const name: Name = NAME;

export const graph = new StateGraph(MessagesAnnotation)
  .addNode('say', () => ({ messages: [{ role: 'assistant', content: greet(name.first) }] }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile();
