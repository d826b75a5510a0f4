import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** Asks a person `question`, a text or all that a form needs, and says what was answered. */
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  question: Annotation<string | object>({ reducer: (_a, b) => b, default: () => 'Shall I?' }),
});

export const graph = new StateGraph(State)
  .addNode('ask', ({ question }) => {
    const answer: unknown = interrupt(typeof question === 'string' ? { question } : question);
    return { messages: [{ role: 'assistant', content: `You said ${JSON.stringify(answer)}.` }] };
  })
  .addEdge(START, 'ask')
  .addEdge('ask', END)
  .compile();
