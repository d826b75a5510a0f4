import type * as z from 'zod/mini';
import type { ThreadEvent } from '../event.ts';
import type { subscribeParams } from '../schemas.ts';
import { wanted } from '../wanted.ts';

interface Subscription {
  isWanted: (event: ThreadEvent) => boolean;
  /** Runs that are told of before its own begin. */
  runsAhead: number;
  /** How many events of the present run it has had a look at. */
  seen: number;
}

/**
 * Who on a connection wants which events. All read one feed: when another one comes in the middle of a run, that run is told
 * once more, and what the others have had goes to the new one alone.
 */
export class Subscriptions {
  readonly #all = new Map<string, Subscription>();
  #run = '';
  /** How many events of the present run were told since it was last begun. */
  #told = 0;

  get size(): number {
    return this.#all.size;
  }

  /** `runsAhead`: of how many others will be told before the newest run. */
  add(id: string, params: z.infer<typeof subscribeParams>, runsAhead: number): void {
    this.#all.set(id, { isWanted: wanted(params), runsAhead, seen: 0 });
  }

  /** False when there is none of that id. */
  remove(id: string): boolean {
    return this.#all.delete(id);
  }

  /** What comes next is the first event of this run. */
  from(runId: string): void {
    this.#told = 0;
    if (runId === this.#run) return;
    this.#run = runId;
    for (const one of this.#all.values()) {
      one.seen = 0;
      one.runsAhead = Math.max(0, one.runsAhead - 1);
    }
  }

  /** Whether the next event of the present run goes to any of them. */
  takes(event: ThreadEvent): boolean {
    this.#told += 1;
    let taken = false;
    for (const one of this.#all.values()) {
      if (one.seen >= this.#told) continue;
      one.seen = this.#told;
      if (one.runsAhead === 0 && one.isWanted(event)) taken = true;
    }
    return taken;
  }
}
