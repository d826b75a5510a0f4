import type { Kill } from './kills.ts';
import type { StoredRun } from './stored.ts';

/**
 * Milliseconds from the kill of a worker that held the run to the first entry of the attempt that followed. Kills that hit
 * nobody's attempt, and runs that someone else ended, have none.
 */
export function resumeTimes({ log }: StoredRun, kills: ReadonlyMap<string, Kill>): number[] {
  const times: number[] = [];
  let held: Kill | undefined;
  for (const { entry, committedAt } of log) {
    for (const event of entry.events) {
      if (event.type === 'attempt.started') {
        if (held !== undefined && committedAt >= held.at) times.push(committedAt - held.at);
        held = kills.get(lifeOf(event.worker));
      }
      if (event.type === 'attempt.ended' || event.type === 'interrupt.opened') held = undefined;
    }
  }
  return times;
}

/** A worker signs as `life-random`. */
function lifeOf(worker: string): string {
  return worker.slice(0, worker.lastIndexOf('-'));
}
