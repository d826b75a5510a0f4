import type { Clock } from '../../ports/clock.ts';

/** Aborts `signal` when a super-step takes longer than `limitMs`; never when that is null. */
export class StepTimer {
  readonly #abort = new AbortController();
  readonly #after: Clock['after'];
  readonly #limitMs: number | null;
  #cancel: (() => void) | undefined;

  constructor(after: Clock['after'], limitMs: number | null) {
    this.#after = after;
    this.#limitMs = limitMs;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A step has ended and the next one begins. */
  restart(): void {
    this.stop();
    if (this.#limitMs !== null) this.#cancel = this.#after(this.#limitMs, () => this.#abort.abort());
  }

  stop(): void {
    this.#cancel?.();
  }
}
