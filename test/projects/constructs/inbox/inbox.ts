import { setTimeout as delay } from 'node:timers/promises';
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { HumanInterrupt, HumanResponse } from '@langchain/langgraph/prebuilt';

/** Asks as LangChain's Agent Inbox wants to be asked, and is answered as it answers: both are lists. */
const State = Annotation.Root({ to: Annotation<string>(), sent: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('mail', async ({ to }) => {
    await delay(20);
    const request: HumanInterrupt = {
      action_request: { action: 'send_mail', args: { to, text: 'Hello' } },
      config: { allow_ignore: true, allow_respond: true, allow_edit: true, allow_accept: true },
      description: `A mail to **${to}**`,
    };
    const [answer] = interrupt<HumanInterrupt[], HumanResponse[]>([request]);
    if (answer === undefined) throw new Error('The answer must be a list with one element.');
    const { type, args } = answer;
    return { sent: type === 'accept' ? `sent to ${to}` : `${type}: ${JSON.stringify(args)}` };
  })
  .addEdge(START, 'mail')
  .addEdge('mail', END)
  .compile();
