import { runPath } from '@longrun/shared';
import type { RunTask } from '../../ports/task-queue.ts';

/** A run that this process executes, or has executed by a process of its own. */
export interface Held extends RunTask {
  attempt: number;
}

/**
 * What this process holds. After the machine slept its leases are over, and tasks come for the same runs: it must not take
 * them over from itself.
 */
export class HeldRuns {
  readonly #held = new Map<string, Held>();
  readonly #onChange: (held: Held[]) => void;

  constructor(onChange: (held: Held[]) => void = () => undefined) {
    this.#onChange = onChange;
  }

  has({ uid, run_id }: RunTask): boolean {
    return this.#held.has(runPath(uid, run_id));
  }

  async while<T>(held: Held, work: () => Promise<T>): Promise<T> {
    const path = runPath(held.uid, held.run_id);
    this.#held.set(path, held);
    this.#changed();
    try {
      return await work();
    } finally {
      this.#held.delete(path);
      this.#changed();
    }
  }

  #changed(): void {
    this.#onChange([...this.#held.values()]);
  }
}
