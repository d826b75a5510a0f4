import { fold, isTold, type Run, type RunEvent, type ToldEvent } from '@longrun/shared';

/** One event of a run, and the run before and after it. */
export interface Transition {
  /** Undefined for `run.created`. */
  before: Run | undefined;
  event: ToldEvent;
  after: Run;
}

/** Those of the events that logs and traces are told of, in order. Most entries hold streamed text only, and need no second fold. */
export function transitionsOf(before: Run | undefined, events: RunEvent[]): Transition[] {
  const last = events.findLastIndex(isTold);
  const told: Transition[] = [];
  let run = before;
  for (const event of events.slice(0, last + 1)) {
    const after = fold(run, event);
    if (isTold(event)) told.push({ before: run, event, after });
    run = after;
  }
  return told;
}
