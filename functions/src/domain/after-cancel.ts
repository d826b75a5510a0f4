import type { NewEvent, Run } from '@longrun/shared';

/**
 * Once a cancel was accepted no step starts: what began before its worker heard of it is left out of the log, with
 * all that it said, as the run will end without it. An attempt that would hand the run on, or let it wait, ends it.
 */
export function acceptable(run: Run, events: NewEvent[]): NewEvent[] {
  if (!run.cancel_requested) return events;
  const open = new Set(run.nodes.map(({ task }) => task));
  return events
    .filter((event) => !('task' in event) || event.task === undefined || open.has(event.task))
    .map((event) =>
      event.type === 'interrupt.opened' || event.type === 'attempt.ended'
        ? { type: 'run.cancelled', at: event.at }
        : event,
    );
}
