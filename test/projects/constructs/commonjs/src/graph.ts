import { RunnableConfig } from '@langchain/core/runnables';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { words } from './words';

enum Role {
  Assistant = 'assistant',
}

const say = (_state: typeof MessagesAnnotation.State, _config: RunnableConfig) => ({
  messages: [{ role: Role.Assistant, content: words() }],
});

export const graph = new StateGraph(MessagesAnnotation)
  .addNode('say', say)
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile();
