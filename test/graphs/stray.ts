import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** Throws where nobody can catch it, and waits for something that never comes. */
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('stray', async (_state, { signal }) => {
    setTimeout(() => {
      throw new Error('thrown by a timer');
    }, 50);
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    return {};
  })
  .addEdge(START, 'stray')
  .addEdge('stray', END)
  .compile();
