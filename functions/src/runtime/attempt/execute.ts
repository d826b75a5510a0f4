import { jsonBytes, OUTPUT_LIMIT, type Json, type NewEvent, type OpenInterrupt } from '@longrun/shared';
import { classify, type Failure } from '../../domain/classify.ts';
import { stepTimedOut, timedOut } from '../../domain/timeout.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Documents } from '../../ports/documents.ts';
import type { ServedGraph } from '../../project/served-graph.ts';
import {
  droppedAnswers,
  GraphChanged,
  hasWork,
  missingNodes,
  nothingToDo,
  removedNodes,
  unansweredStep,
} from './resume/changed-graph.ts';
import type { Journal } from './journal/journal.ts';
import { chunksOf } from './stream/chunks.ts';
import { stateToJson } from './stream/message-events.ts';
import { breakpoint } from './questions/breakpoints.ts';
import { opened } from './questions/questions.ts';
import { openSession, RESUMING, type Session } from './session.ts';
import { Drainer } from './drainer.ts';
import { CancelRequested, ClockBehind, Fenced } from './stop-reasons.ts';
import { StepTimer } from './step-timer.ts';
import type { Price } from './stream/stream-reader.ts';

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
  /** Aborts when the worker must hand the run over: its deadline is near, or it is shutting down. */
  drain: AbortSignal;
  /** Aborts when it can wait no longer for the super-step to end; the step will be made again. */
  leave: AbortSignal;
  /** Aborts when the run has used up its time. */
  timeout: AbortSignal;
  now: () => number;
  after: Clock['after'];
}

/** Runs the graph from its last checkpoint until it ends, asks, is cancelled or must be handed over. */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  const { journal, graph } = options;
  const step = new StepTimer(options.after, journal.run.step_timeout_ms);
  const drainer = new Drainer(options.drain, graph.langgraph.version);
  const signal = AbortSignal.any([journal.stopped.signal, options.leave, options.timeout, step.signal]);
  try {
    const session = await openSession(options, step, () => drainer.atBoundary());
    const missing = missingNodes(session.graph, session.origin.input === null ? session.from : undefined);
    if (missing.length > 0) return { kind: 'failed', failure: removedNodes(missing) };
    return await play(session, { ...options, signal, control: drainer.control });
  } catch (error) {
    if (drainer.stopped && !journal.stopped.signal.aborted) return { kind: 'drained', left: false };
    return failed(error, options, step);
  } finally {
    step.stop();
    drainer.close();
  }
}

type PlayOptions = ExecuteOptions & { signal: AbortSignal; control: unknown };

/**
 * LangGraph's stream may end with steps left over though nothing stopped it: with `maxConcurrency`, Sends beyond that
 * number. Then it is called again, as long as it gets on.
 */
async function play(session: Session, options: PlayOptions): Promise<Outcome> {
  const { sink, origin } = session;
  const configurable = withoutOrigin(session.config.configurable);
  // Called again it goes on from what it made, not from where it set out.
  const again = { ...session, config: { ...session.config, configurable } };
  for (let before = -1; ; before = sink.progress) {
    const stopped =
      session.stopsFirst ||
      (before < 0 ? await stream(session, session.input, options) : await stream(again, null, options));
    const dropped = droppedAnswers(origin.answered, (task) => sink.executed(task));
    const earlier = new Set(Object.keys(options.journal.run.askers));
    const asked = sink.questions.map((question) => opened(question, earlier));
    // After a checkpoint that was named LangGraph does every step anew, and what asked there asks anew.
    const asksAnew = origin.checkpointId !== undefined && asked.length > 0;
    if (dropped.length > 0 && !asksAnew) return { kind: 'failed', failure: unansweredStep(dropped) };
    if (asked.length > 0) return { kind: 'interrupted', interrupts: asked };
    await options.journal.flush();
    // Until something is done it stands where it set out, wherever its thread went meanwhile.
    const place = sink.progress === 0 ? session.config.configurable : configurable;
    const state = await session.graph.getState({ configurable: place });
    const stop = breakpoint(state.next.map(String), sink.newest);
    const asks = stopped && state.next.length > 0 && !(stop.id in origin.answered.answers);
    const lost = origin.expectsWork && hasWork(session.from);
    if (sink.progress === 0 && lost && !asks) return { kind: 'failed', failure: nothingToDo(state.next) };
    if (state.next.length === 0) {
      sink.finish();
      return { kind: 'completed', output: stateToJson(state.values) };
    }
    if (asks) return { kind: 'interrupted', interrupts: [stop] };
    if (sink.progress === before) return { kind: 'failed', failure: nothingToDo(state.next) };
  }
}

/** Without what says where it sets out from. */
function withoutOrigin(configurable: Session['config']['configurable']): Session['config']['configurable'] {
  const { checkpoint_id: _, checkpoint_map: __, [RESUMING]: ___, ...own } = configurable;
  return own;
}

/** True when the graph stopped at a breakpoint, as far as its version tells. */
async function stream(session: Session, input: unknown, options: PlayOptions): Promise<boolean> {
  const { sink, reader, read, recorder, left, graph, config } = session;
  let stopped = !session.tellsBreakpoints;
  // What a task made of the state comes just before its end, and is told with that: a crash between them would tell it twice.
  const updates: NewEvent[] = [];
  const tell = (events: NewEvent[]) => events.forEach((event) => sink.push(event));
  try {
    const called = { ...config, signal: options.signal, control: options.control };
    const chunks = chunksOf(graph, input, called, recorder.events);
    for await (const chunk of chunks) {
      const task = read.has(modeOf(chunk)) ? reader.endedTask(chunk) : undefined;
      if (task !== undefined && !(await sink.mayTell(task))) {
        updates.length = 0;
        continue;
      }
      if (modeOf(chunk) !== UPDATES) tell(updates.splice(0));
      const recorded = recorder.read(chunk, options.now());
      if (modeOf(chunk) === UPDATES) updates.push(...recorded);
      else tell(recorded);
      if (!read.has(modeOf(chunk))) continue;
      stopped ||= reader.isBreakpoint(chunk);
      left.read(chunk);
      tell(reader.read(chunk, options.now()));
    }
  } finally {
    // When the graph stops at the boundary of a step, what LangGraph stored has ended.
    tell(updates);
    await sink.settled();
  }
  return stopped;
}

const UPDATES = 'updates';

/** Chunks are `[namespace, mode, payload]`. */
function modeOf(chunk: unknown): string {
  return Array.isArray(chunk) ? String(chunk[1]) : '';
}

function failed(error: unknown, { journal, leave, timeout, now }: ExecuteOptions, step: StepTimer): Outcome {
  const reason: unknown = journal.stopped.signal.aborted ? journal.stopped.signal.reason : error;
  if (reason instanceof Fenced) return { kind: 'fenced' };
  if (reason instanceof GraphChanged) return { kind: 'failed', failure: reason.failure };
  if (reason instanceof CancelRequested) return { kind: 'cancelled' };
  if (isGraphDrained(error)) return { kind: 'drained', left: false };
  if (leave.aborted && reason === error) return { kind: 'drained', left: true };
  if (error instanceof ClockBehind) {
    return {
      kind: 'failed',
      failure: {
        error: { code: 'clock_behind', message: error.message },
        retryable: error.retryAfterMs !== undefined,
        retryAfterMs: error.retryAfterMs,
        // Nothing was tried, so nothing failed.
        excused: true,
      },
    };
  }
  if (step.signal.aborted) return { kind: 'failed', failure: stepTimedOut(journal.run) };
  if (timeout.aborted) return { kind: 'failed', failure: timedOut(journal.run) };
  return { kind: 'failed', failure: classify(reason, now()) };
}

/** By name: projects bring copies of LangGraph with classes of their own. */
function isGraphDrained(error: unknown): boolean {
  return error instanceof Error && error.name === 'GraphDrained';
}

/** The event that ends the attempt, for outcomes that need no decision. */
export function completed(output: Json, at: number): NewEvent {
  const bytes = jsonBytes(output);
  return bytes <= OUTPUT_LIMIT
    ? { type: 'run.completed', at, output }
    : { type: 'run.completed', at, output_bytes: bytes };
}
