import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { common, effect, pause } from './common.ts';

/** A model streams its answer letter by letter. */
const State = Annotation.Root({
  ...common,
  ...MessagesAnnotation.spec,
  letter_ms: Annotation<number | undefined>(),
});

export const ANSWER = 'Cats sleep for most of the day.';

export const graph = new StateGraph(State)
  .addNode('talk', async (state, config) => {
    await pause(state, 'talk');
    const model = new FakeListChatModel({ responses: [ANSWER], sleep: state.letter_ms ?? 5 });
    const answer = await model.invoke(state.messages, config);
    await effect(state, 'talk');
    return { messages: [answer] };
  })
  .addEdge(START, 'talk')
  .addEdge('talk', END)
  .compile();
