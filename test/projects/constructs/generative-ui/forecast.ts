import { AIMessage } from '@langchain/core/messages';
import {
  Annotation,
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import {
  typedUi,
  uiMessageReducer,
  type RemoveUIMessage,
  type UIMessage,
} from '@langchain/langgraph-sdk/react-ui/server';
import type ComponentMap from './ui.js';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  ui: Annotation<UIMessage[], UIMessage | RemoveUIMessage | (UIMessage | RemoveUIMessage)[]>({
    reducer: uiMessageReducer,
    default: () => [],
  }),
});

export const graph = new StateGraph(State)
  .addNode('weather', async (_state, config: LangGraphRunnableConfig) => {
    const ui = typedUi<typeof ComponentMap>(config);
    const message = new AIMessage({ id: 'forecast', content: 'Here it is:' });
    ui.push({ name: 'weather', props: { city: 'Oslo' } }, { message });
    return { messages: [message] };
  })
  .addEdge(START, 'weather')
  .addEdge('weather', END)
  .compile();
