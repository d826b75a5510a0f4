/**
 * Runs the graphs with nothing but LangGraph, its own saver and store: what a version can do by itself. Is told what to do by
 * the process that forked it.
 */
import { Command, InMemoryStore, MemorySaver } from '@langchain/langgraph';
import { ask, chat, gates, memory, parallel, sends, subgraph } from './graphs.ts';

const graphs = { ask, chat, gates, memory, parallel, sends, subgraph };

interface Order {
  id: number;
  graph: keyof typeof graphs;
  thread: string;
  input: Record<string, unknown> | null;
  /** Instead of the input, and with it what the open questions are. */
  answers?: unknown[];
}

interface Asked {
  id?: string;
  interrupt_id?: string;
  value?: unknown;
}

const parts = {
  checkpointer: { value: new MemorySaver(), writable: true },
  store: { value: new InMemoryStore(), writable: true },
};

process.on('message', (order: Order) => {
  void carryOut(order).then(
    (rest) => process.send?.({ id: order.id, rest }),
    (error: unknown) =>
      process.send?.({ id: order.id, rest: { status: 'failed', error: String(error), streamed: '' } }),
  );
});

async function carryOut({ graph: name, thread, input, answers }: Order) {
  const graph = Object.create(graphs[name], parts) as typeof chat;
  const config = { configurable: { thread_id: thread } };
  const questions = async () => (await graph.getState(config)).tasks.flatMap(asks);
  const given = answers === undefined ? input : new Command({ resume: answerTo(await questions(), answers) });
  let streamed = '';
  for await (const [message] of await graph.stream(given as null, { ...config, streamMode: 'messages' })) {
    streamed += String(message.content);
  }
  const open = await questions();
  if (open.length > 0) return { status: 'asks', questions: open.map(({ value }) => value), streamed };
  const { next, values } = await graph.getState(config);
  if (next.length > 0) return { status: 'stopped', next, streamed };
  return { status: 'completed', values: JSON.parse(JSON.stringify(values)) as unknown, streamed };
}

function asks(task: { interrupts?: unknown }): Asked[] {
  return (task.interrupts ?? []) as Asked[];
}

/** One answer as it is, several by the ids of their questions. */
function answerTo(open: Asked[], answers: unknown[]): unknown {
  if (open.length === 1 && answers.length === 1) return answers[0];
  return Object.fromEntries(
    open.map((each, i) => {
      const id = each.id ?? each.interrupt_id;
      if (id === undefined) throw new Error('Questions have no ids in this version of LangGraph.');
      return [id, answers[i]];
    }),
  );
}
