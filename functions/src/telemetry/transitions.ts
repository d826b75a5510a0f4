import { fold, type Run, type RunEvent, type RunEventType } from '@longrun/shared';

/** One event of a run, and the run before and after it. */
export interface Transition {
  /** Undefined for `run.created`. */
  before: Run | undefined;
  event: RunEvent;
  after: Run;
}

/** What logs and traces tell of. Most entries hold streamed text only, and need no second fold. */
const TOLD: ReadonlySet<RunEventType> = new Set([
  'run.created',
  'attempt.started',
  'attempt.ended',
  'node.finished',
  'node.failed',
  'interrupt.opened',
  'interrupt.answered',
  'cancel.requested',
  'run.completed',
  'run.failed',
  'run.cancelled',
]);

/** Those of the events that are told, in order. */
export function transitionsOf(before: Run | undefined, events: RunEvent[]): Transition[] {
  const last = events.findLastIndex(({ type }) => TOLD.has(type));
  const told: Transition[] = [];
  let run = before;
  for (const event of events.slice(0, last + 1)) {
    const after = fold(run, event);
    if (TOLD.has(event.type)) told.push({ before: run, event, after });
    run = after;
  }
  return told;
}
