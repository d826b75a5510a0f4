import { answered, askersOf, withoutAnswersOf } from './answered.ts';
import { addUsage, fitting, withMessage, withSource } from './collected.ts';
import { created } from './created.ts';
import type { LogEntry } from './entry.ts';
import type { EventOf, RunEvent } from './events.ts';
import type { Run } from './run.ts';
import type { RunStatus } from './status.ts';
import { IllegalTransition, iso, to } from './transition.ts';

/** A step that fans out further goes on all the same; the document lists no more. */
const MAX_NODES = 1_000;

/** Folds whole entries; the only way a Run comes to be. Throws when the log is not dense or not legal. */
export function foldLog(entries: Iterable<LogEntry>, from?: Run): Run {
  let run = from;
  for (const entry of entries) run = foldEntry(run, entry);
  if (run === undefined) throw new Error('An empty log is no run.');
  return run;
}

export function foldEntry(run: Run | undefined, entry: LogEntry): Run {
  const expected = run === undefined ? 0 : run.head.entry + 1;
  if (entry.n < expected || (entry.from ?? entry.n) > expected) {
    throw new Error(`Log entry ${entry.n} where ${expected} was expected.`);
  }
  let next = run;
  const step = entry.newerFormat === undefined ? fold : foldNewer;
  for (const event of eventsAfter(entry, run?.head.seq ?? 0)) next = step(next, event);
  if (next === undefined) throw new Error('A log entry holds at least one event.');
  return { ...next, head: { entry: entry.n, seq: next.head.seq } };
}

/** The events of an entry that follow event `seq`: a compacted entry may begin before it. */
export function eventsAfter(entry: LogEntry, seq: number): RunEvent[] {
  return entry.events.filter((event) => event.seq > seq);
}

/** Pure: the same events give the same run, in the worker, the simulator and the browser. */
export function fold(run: Run | undefined, event: RunEvent): Run {
  if (run === undefined) {
    if (event.type !== 'run.created' || event.seq !== 1) throw new Error('A log begins with run.created.');
    return created(event);
  }
  if (event.seq !== run.head.seq + 1) {
    throw new Error(`Event ${event.seq} where ${run.head.seq + 1} was expected.`);
  }
  const next = apply(run, event);
  return { ...next, updated_at: iso(event.at), head: { ...run.head, seq: event.seq } };
}

/** Of a newer format: between the events that are known may lie some that are not, and made them legal. */
function foldNewer(run: Run | undefined, event: RunEvent): Run {
  try {
    return fold(run, event);
  } catch (error) {
    if (run === undefined || !(error instanceof IllegalTransition)) throw error;
    return fold({ ...run, status: 'running' }, event);
  }
}

function apply(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'run.created':
      throw new Error('A run is created once.');
    case 'attempt.started':
      return {
        ...to(run, 'running'),
        attempt: event.attempt,
        trace: run.trace === null ? null : { ...run.trace, attempt_at: event.at },
        queued: false,
        // An attempt that never said it ended was lost.
        lost: run.status === 'running' ? run.lost + 1 : run.lost,
        holder: event.worker,
        started_at: run.started_at ?? iso(event.at),
        // Tasks that were open belong to the attempt before: they are superseded.
        nodes: [],
        progress: null,
        retry_at: null,
      };
    case 'attempt.ended':
      return {
        ...to(run, 'pending'),
        nodes: [],
        progress: null,
        failures: run.failures + (event.reason === 'failed' && event.excused !== true ? 1 : 0),
        lost: 0,
        holder: null,
        retry_at: event.retry_at === undefined ? null : iso(event.retry_at),
        error: event.error ?? run.error,
      };
    case 'node.started':
      return {
        ...run,
        nodes: [
          ...run.nodes.filter((node) => node.task !== event.task),
          { task: event.task, node: event.node, ns: event.ns, started_at: iso(event.at) },
        ].slice(0, MAX_NODES),
      };
    case 'node.finished':
      return {
        ...withoutAnswersOf(closeNode(run, event.task), event.task),
        steps_done: run.steps_done + 1,
        failures: 0,
        lost: 0,
        error: null,
      };
    case 'node.failed':
      return closeNode(run, event.task);
    case 'checkpoint':
      return event.checkpoint_ns === '' ? atCheckpoint(run, event) : run;
    case 'message.delta':
    case 'custom':
    case 'stream':
    case 'interrupt.resumed':
    case 'unknown':
      return run;
    case 'message':
      return { ...run, ...fitting(withMessage(run.messages, event.message), run.messages_dropped) };
    case 'progress':
      return { ...run, progress: event.progress };
    case 'source':
      return { ...run, sources: withSource(run.sources, event.source) };
    case 'usage':
      return {
        ...run,
        usage: addUsage(run.usage, event.usage),
        usage_by_node: {
          ...run.usage_by_node,
          [event.node ?? '-']: addUsage(run.usage_by_node[event.node ?? '-'], event.usage),
        },
      };
    case 'interrupt.opened':
      return {
        ...to(run, 'interrupted'),
        holder: null,
        nodes: [],
        progress: null,
        interrupts: event.interrupts,
        answers: {},
        askers: { ...run.askers, ...askersOf(event.interrupts) },
        asked_at: iso(event.at),
      };
    case 'interrupt.answered':
      return answered(run, event);
    case 'cancel.requested':
      return {
        ...run,
        cancel_requested: true,
        rollback_requested: run.rollback_requested || event.rollback === true,
        cancel_reason: run.cancel_reason ?? event.reason ?? null,
      };
    case 'run.completed':
      return {
        ...end(run, 'completed', event.at),
        output: event.output ?? null,
        output_bytes: event.output_bytes ?? null,
        error: null,
      };
    case 'run.failed':
      // What a person answered is kept: whoever tries the run again need not ask anew.
      return {
        ...end(run, 'failed', event.at),
        answers: run.answers,
        askers: run.askers,
        error: event.error,
      };
    case 'run.cancelled':
      return { ...end(run, 'cancelled', event.at), withdrawn: run.status === 'interrupted' };
    default:
      return event satisfies never;
  }
}

/** Steps that had an answer have ended: their results are in the checkpoint. */
function atCheckpoint(run: Run, event: EventOf<'checkpoint'>): Run {
  return {
    ...run,
    last_checkpoint: event.checkpoint_id,
    base_checkpoint: run.last_checkpoint === null ? (event.parent_id ?? null) : run.base_checkpoint,
    answers: {},
    askers: {},
    // It was given with what led to this checkpoint.
    command: null,
  };
}

function end(run: Run, status: RunStatus, at: number): Run {
  return {
    ...to(run, status),
    holder: null,
    nodes: [],
    progress: null,
    retry_at: null,
    interrupts: [],
    answers: {},
    askers: {},
    asked_at: null,
    finished_at: iso(at),
  };
}

function closeNode(run: Run, task: string): Run {
  const nodes = run.nodes.filter((node) => node.task !== task);
  // What the last open step said of itself is over with it.
  return { ...run, nodes, progress: nodes.length === 0 ? null : run.progress };
}
