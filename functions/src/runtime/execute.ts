import { Command, GraphDrained, RunControl, isGraphInterrupt, type BaseStore } from '@langchain/langgraph';
import {
  decodeEntry,
  isObject,
  jsonBytes,
  logEntryPath,
  OUTPUT_LIMIT,
  threadPath,
  toJson,
  type Json,
  type JsonObject,
  type NewEvent,
  type OpenInterrupt,
  type Run,
} from '@longrun/shared';
import { classify, type Failure } from '../domain/classify.ts';
import type { Documents } from '../ports/documents.ts';
import type { RunnableGraph } from './graphs.ts';
import { CancelRequested, Fenced, type Journal } from './journal.ts';
import { messagesIn, stateToJson } from './message-events.ts';
import { DocumentSaver } from './saver/saver.ts';
import { JournalSink } from './sink.ts';
import { StreamReader, type Price } from './stream-reader.ts';

/** How an attempt at a run ended. `events` are still to be written. */
export type Outcome =
  | { kind: 'completed'; output: Json }
  | { kind: 'interrupted'; interrupts: OpenInterrupt[] }
  | { kind: 'drained' }
  | { kind: 'cancelled' }
  | { kind: 'fenced' }
  | { kind: 'failed'; failure: Failure };

export interface ExecuteOptions {
  journal: Journal;
  documents: Documents;
  graph: RunnableGraph;
  price: Price;
  /** Aborts when the worker must hand the run on: its deadline is near, or it is shutting down. */
  drain: AbortSignal;
  /** Aborts when it can wait no longer for the super-step to end; the step will be made again. */
  leave: AbortSignal;
  now: () => number;
  store?: BaseStore;
}

/** Super-steps a run may take unless its config says otherwise; LangGraph's own default of 25 suits chats. */
const RECURSION_LIMIT = 1_000;

/** Runs the graph from its last checkpoint until it ends, asks, is cancelled or must be handed on. */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  const { journal, now } = options;
  const run = journal.run;
  const control = new RunControl();
  const drain = () => control.requestDrain('handed on');
  if (options.drain.aborted) drain();
  options.drain.addEventListener('abort', drain, { once: true });
  try {
    const session = await open(options);
    const input = await inputOf(options.documents, run);
    const stream = await session.graph.stream(input, {
      ...session.config,
      streamMode: ['tasks', 'messages', 'custom'],
      subgraphs: true,
      durability: 'sync',
      signal: AbortSignal.any([journal.stopped.signal, options.leave]),
      control,
    });
    for await (const chunk of stream) {
      for (const event of session.reader.read(chunk, now())) session.sink.push(event);
    }
    await journal.flush();
    return await outcomeOf(session.graph, session.config);
  } catch (error) {
    return failed(error, journal, options.leave);
  } finally {
    options.drain.removeEventListener('abort', drain);
  }
}

async function open(options: ExecuteOptions) {
  const { journal, graph, documents, now, price } = options;
  const { run } = journal;
  const base = isObject(run.config) ? run.config : {};
  const configurable = isObject(base['configurable']) ? base['configurable'] : {};
  const limit = base['recursion_limit'];
  const config = {
    configurable: {
      ...configurable,
      thread_id: run.thread_id,
      checkpoint_ns: '',
      run_id: run.run_id,
      user_id: run.owner,
      assistant_id: run.assistant_id,
      graph_id: run.assistant_id,
    },
    ...(Array.isArray(base['tags']) ? { tags: base['tags'].map(String) } : {}),
    metadata: { ...(isObject(run.metadata) ? run.metadata : {}), run_id: run.run_id },
    recursionLimit: typeof limit === 'number' && limit > 0 ? limit : RECURSION_LIMIT,
  };
  // The saver needs the sink, the sink the reader, and the reader what the thread already holds.
  const sinkRef: { sink?: JournalSink } = {};
  const saver = new DocumentSaver({
    documents,
    threadPath: (threadId) => threadPath(run.owner, threadId),
    sink: {
      checkpoint: (info, writes) => required(sinkRef.sink).checkpoint(info, writes),
      taskWrites: (info, writes) => required(sinkRef.sink).taskWrites(info, writes),
    },
  });
  const own = graph.withCheckpointer(saver, options.store);
  const tuple = await saver.getTuple({ configurable: { thread_id: run.thread_id, checkpoint_ns: '' } });
  const known = messagesIn(tuple?.checkpoint.channel_values ?? {});
  const reader = new StreamReader({ price, known });
  const sink = new JournalSink(journal, reader, { now, after: () => () => undefined });
  sinkRef.sink = sink;
  return { graph: own, config, reader, sink };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The saver was used before its sink was ready.');
  return value;
}

/** The input for a first attempt, the answers after a question, and nothing to go on from the checkpoint. */
async function inputOf(documents: Documents, run: Run): Promise<JsonObject | Command | null> {
  if (run.last_checkpoint === null) {
    const input = await originalInput(documents, run);
    return isObject(input) ? input : {};
  }
  return Object.keys(run.answers).length > 0 ? new Command({ resume: run.answers }) : null;
}

/** The document leaves out a large input; the first log entry always has it. */
async function originalInput(documents: Documents, run: Run): Promise<Json> {
  if (run.input !== null) return run.input;
  const [doc] = await documents.get([logEntryPath(run.owner, run.run_id, 0)]);
  const first = doc === undefined ? undefined : decodeEntry(doc.fields).events[0];
  return first?.type === 'run.created' ? first.input : null;
}

async function outcomeOf(
  graph: ReturnType<RunnableGraph['withCheckpointer']>,
  config: { configurable: Record<string, unknown> },
): Promise<Outcome> {
  const state = await graph.getState(config);
  const interrupts = state.tasks.flatMap((task) =>
    (task.interrupts ?? []).map((interrupt, i) => ({
      id: interrupt.id ?? `${task.id}-${i}`,
      value: toJson(interrupt.value),
      node: task.name,
    })),
  );
  if (interrupts.length > 0) return { kind: 'interrupted', interrupts };
  if (state.next.length > 0) {
    const value = { breakpoint: state.next.map(String) };
    return { kind: 'interrupted', interrupts: [{ id: 'breakpoint', value }] };
  }
  return { kind: 'completed', output: stateToJson(state.values) };
}

function failed(error: unknown, journal: Journal, leave: AbortSignal): Outcome {
  const reason: unknown = journal.stopped.signal.aborted ? journal.stopped.signal.reason : error;
  if (reason instanceof Fenced) return { kind: 'fenced' };
  if (reason instanceof CancelRequested) return { kind: 'cancelled' };
  if (error instanceof GraphDrained || (leave.aborted && reason === error)) return { kind: 'drained' };
  if (isGraphInterrupt(error)) return { kind: 'interrupted', interrupts: [] };
  return { kind: 'failed', failure: classify(reason) };
}

/** The event that ends the attempt, for outcomes that need no decision. */
export function completed(output: Json, at: number): NewEvent {
  const bytes = jsonBytes(output);
  return bytes <= OUTPUT_LIMIT
    ? { type: 'run.completed', at, output }
    : { type: 'run.completed', at, output_bytes: bytes };
}
