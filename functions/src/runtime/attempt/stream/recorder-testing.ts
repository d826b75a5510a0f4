import { ToolMessage, type BaseMessage } from '@langchain/core/messages';
import type { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, END, messagesStateReducer, START, StateGraph } from '@langchain/langgraph';
import type { CreateRun, EventOf, Run } from '@longrun/shared';
import { startRun } from '../../runs/start-run.ts';
import { Lab, UID } from '../../testing/lab.ts';

export const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export const talks = (model: FakeListChatModel) =>
  new StateGraph(State)
    .addNode('talk', async ({ messages }) => ({ messages: [await model.invoke(messages)], said: ['talked'] }))
    .addNode('use', () => ({
      messages: [new ToolMessage({ id: 'tool', content: 'used', tool_call_id: 'c1' })],
    }))
    .addEdge(START, 'talk')
    .addEdge('talk', 'use')
    .addEdge('use', END)
    .compile();

export type Stream = EventOf<'stream'>;
const INPUT = { messages: [{ type: 'human', content: 'hi', id: 'h' }] };

export async function start(
  lab: Lab,
  modes: string[] | null,
  body: Partial<CreateRun> = {},
  subgraphs = false,
) {
  const { run } = await startRun(lab, {
    uid: UID,
    body: { assistant_id: 'lab', thread_id: 't', input: INPUT, ...body },
    api: {
      request: {},
      assistantId: 'uuid',
      ...(modes === null ? {} : { stream: { modes, subgraphs } }),
      ...(body.input === null ? { command: { resume: 'yes' } } : {}),
    },
  });
  return await lab.work(run);
}
export const streamOf = async (lab: Lab, run: Run): Promise<Stream[]> =>
  (await lab.events(run)).filter((event) => event.type === 'stream');
export const told = (events: Stream[]) => events.map(({ mode, ns, data }) => [mode, ns, data]);

export async function record(graph: unknown, modes: string[] | null, subgraphs = false) {
  const lab = new Lab({ graph });
  const run = await start(lab, modes, {}, subgraphs);
  if (run.status !== 'completed') throw new Error(`The run ended as ${run.status}: ${run.error?.message}`);
  return { lab, run, events: await lab.events(run), stream: await streamOf(lab, run) };
}
