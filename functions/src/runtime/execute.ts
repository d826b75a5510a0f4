import { isGraphDrained, RunControl } from '@langchain/langgraph';
import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import {
  isObject,
  jsonBytes,
  OUTPUT_LIMIT,
  threadPath,
  toJson,
  type Json,
  type NewEvent,
  type OpenInterrupt,
} from '@longrun/shared';
import { classify, type Failure } from '../domain/classify.ts';
import { stepTimedOut, timedOut } from '../domain/timeout.ts';
import type { Clock } from '../ports/clock.ts';
import { checkpointTime } from '../lib/checkpoint-time.ts';
import type { Cache } from '../ports/cache.ts';
import type { Documents } from '../ports/documents.ts';
import { log } from '../telemetry/log.ts';
import { modelSpans } from '../telemetry/model-spans.ts';
import { NodeCache } from './cache/cache.ts';
import type { CompiledGraph, ServedGraph } from '../project/served-graph.ts';
import type { Journal } from './journal.ts';
import { CancelRequested, Fenced } from './stop-reasons.ts';
import { messagesIn, stateToJson } from './message-events.ts';
import { DocumentSaver } from './saver/saver.ts';
import { BREAKPOINT, originOf } from './origin.ts';
import { numbered } from './questions.ts';
import { JournalSink } from './sink.ts';
import { longTermStore } from './store/store.ts';
import { StepTimer } from './step-timer.ts';
import { StreamReader, type Price } from './stream-reader.ts';

/** How an attempt at a run ended. `events` are still to be written. */
export type Outcome =
  | { kind: 'completed'; output: Json }
  | { kind: 'interrupted'; interrupts: OpenInterrupt[] }
  /** `left`: in the middle of a step, which had gone on for too long. */
  | { kind: 'drained'; left: boolean }
  | { kind: 'cancelled' }
  | { kind: 'fenced' }
  | { kind: 'failed'; failure: Failure };

export interface ExecuteOptions {
  journal: Journal;
  documents: Documents;
  /** For the results of nodes. */
  cache: Cache;
  graph: ServedGraph;
  price: Price;
  /** Aborts when the worker must hand the run on: its deadline is near, or it is shutting down. */
  drain: AbortSignal;
  /** Aborts when it can wait no longer for the super-step to end; the step will be made again. */
  leave: AbortSignal;
  /** Aborts when the run has used up its time. */
  timeout: AbortSignal;
  now: () => number;
  after: Clock['after'];
}

/** Super-steps a run may take unless its config says otherwise; LangGraph's own default of 25 suits chats. */
const RECURSION_LIMIT = 1_000;
/** A worker whose clock is further behind leaves the run to another. Milliseconds. */
const MAX_CLOCK_SKEW_MS = 60_000;

/** Runs the graph from its last checkpoint until it ends, asks, is cancelled or must be handed on. */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  const { journal, now } = options;
  const control = new RunControl();
  const step = new StepTimer(options.after, journal.run.step_timeout_ms);
  const drain = () => control.requestDrain('handed on');
  if (options.drain.aborted) drain();
  options.drain.addEventListener('abort', drain, { once: true });
  try {
    const session = await open(options, step);
    const stream = await session.graph.stream(session.input, {
      ...session.config,
      streamMode: ['tasks', 'messages', 'custom'],
      subgraphs: true,
      durability: 'sync',
      signal: session.signal,
      control,
    });
    for await (const chunk of stream) {
      for (const event of session.reader.read(chunk, now())) session.sink.push(event);
    }
    await journal.flush();
    const { checkpoint_id: _, ...configurable } = session.config.configurable;
    return await outcomeOf(session.graph, { configurable }, journal.run.used_answers);
  } catch (error) {
    return failed(error, options, step);
  } finally {
    step.stop();
    options.drain.removeEventListener('abort', drain);
  }
}

async function open(options: ExecuteOptions, step: StepTimer) {
  const { journal, graph, documents, cache, now, price } = options;
  const { run } = journal;
  const base = isObject(run.config) ? run.config : {};
  const { checkpoint_id: _, ...configurable } = isObject(base['configurable']) ? base['configurable'] : {};
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
    callbacks: modelSpans(run),
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
  const { input, checkpointId } = await originOf(documents, saver, run);
  const thread = { thread_id: run.thread_id, checkpoint_ns: '' };
  const chosen = checkpointId === undefined ? {} : { checkpoint_id: checkpointId };
  const tuple = await saver.getTuple({ configurable: { ...thread, ...chosen } });
  const newest = checkpointId === undefined ? tuple : await saver.getTuple({ configurable: thread });
  await untilAfter(
    Math.max(Date.parse(run.updated_at), checkpointTime(newest?.checkpoint.id ?? '')),
    options,
  );
  const known = messagesIn(tuple?.checkpoint.channel_values ?? {});
  const reader = new StreamReader({ price, known, done: finishedTasks(tuple) });
  const signal = AbortSignal.any([journal.stopped.signal, options.leave, options.timeout, step.signal]);
  const sink = new JournalSink(journal, reader, now, () => step.restart());
  sinkRef.sink = sink;
  return {
    graph: await graph.open(
      { config, runtime: { accessContext: 'threads.create_run', executionRuntime: { context: undefined } } },
      {
        checkpointer: saver,
        store: longTermStore(documents, { uid: run.owner, clock: { now } }),
        cache: new NodeCache(cache, { uid: run.owner, graph: run.assistant_id, clock: { now } }),
      },
    ),
    config: { ...config, configurable: { ...config.configurable, ...chosen } },
    input,
    reader,
    sink,
    signal,
  };
}

/** Of a super-step that was not finished: the tasks with results, by LangGraph's own rule. */
function finishedTasks(tuple: CheckpointTuple | undefined): Set<string> {
  const results = (tuple?.pendingWrites ?? []).filter(
    ([, channel]) => !['__error__', '__interrupt__', '__resume__'].includes(channel),
  );
  return new Set(results.map(([task]) => task));
}

/**
 * The newest checkpoint is the one with the greatest id, and ids begin with the time of the machine that made them. So
 * a worker whose clock is behind that of the one before waits until its own ids are greater.
 */
async function untilAfter(time: number, { now, after, journal }: ExecuteOptions): Promise<void> {
  const behind = time + 1 - now();
  if (behind <= 1) return;
  if (behind > MAX_CLOCK_SKEW_MS) throw new ClockBehind(behind);
  log.warn('The clock is behind that of another worker.', { ms: behind, run_id: journal.run.run_id });
  await new Promise<void>((resolve) => after(behind, resolve));
}

class ClockBehind extends Error {
  constructor(ms: number) {
    super(`The clock of this worker is ${Math.ceil(ms / 1_000)} s behind that of the worker before it.`);
    this.name = 'ClockBehind';
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The saver was used before its sink was ready.');
  return value;
}

async function outcomeOf(
  graph: CompiledGraph,
  config: { configurable: Record<string, unknown> },
  used: string[],
): Promise<Outcome> {
  const state = await graph.getState(config);
  const interrupts = state.tasks.flatMap((task) =>
    (task.interrupts ?? []).map((interrupt, i) => ({
      id: interrupt.id ?? `${task.id}-${i}`,
      value: toJson(interrupt.value),
      node: task.name,
    })),
  );
  if (interrupts.length > 0) {
    return { kind: 'interrupted', interrupts: interrupts.map((interrupt) => numbered(interrupt, used)) };
  }
  if (state.next.length > 0) {
    const value = { breakpoint: state.next.map(String) };
    return { kind: 'interrupted', interrupts: [{ id: BREAKPOINT, value }] };
  }
  return { kind: 'completed', output: stateToJson(state.values) };
}

function failed(error: unknown, { journal, leave, timeout, now }: ExecuteOptions, step: StepTimer): Outcome {
  const reason: unknown = journal.stopped.signal.aborted ? journal.stopped.signal.reason : error;
  if (reason instanceof Fenced) return { kind: 'fenced' };
  if (reason instanceof CancelRequested) return { kind: 'cancelled' };
  if (isGraphDrained(error)) return { kind: 'drained', left: false };
  if (leave.aborted && reason === error) return { kind: 'drained', left: true };
  if (error instanceof ClockBehind) {
    return {
      kind: 'failed',
      failure: { error: { code: 'clock_behind', message: error.message }, retryable: true },
    };
  }
  if (step.signal.aborted) return { kind: 'failed', failure: stepTimedOut(journal.run) };
  if (timeout.aborted) return { kind: 'failed', failure: timedOut(journal.run) };
  return { kind: 'failed', failure: classify(reason, now()) };
}

/** The event that ends the attempt, for outcomes that need no decision. */
export function completed(output: Json, at: number): NewEvent {
  const bytes = jsonBytes(output);
  return bytes <= OUTPUT_LIMIT
    ? { type: 'run.completed', at, output }
    : { type: 'run.completed', at, output_bytes: bytes };
}
