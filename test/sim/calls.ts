import { LongrunError } from '@longrun/shared';
import type { Fleet } from './fleet.ts';
import { Unavailable } from './network.ts';
import type { Observer } from './observer.ts';
import type { Host } from './runtime.ts';
import type { World } from './world.ts';

/** A browser repeats a request that got no answer so often. */
const MAX_TRIES = 200;
const RETRY_MS = 1_000;

/** What a request was answered: `refused`, for a reason that was named, or `unknown` when no answer came. */
export type Answer<T> = { value: T } | { refused: LongrunError } | { unknown: true };

/** Requests of people to the API. */
export class Calls {
  /** Those that are still to be made or answered. */
  pending = 0;
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #observer: Observer;

  constructor(parts: { world: World; fleet: Fleet; observer: Observer }) {
    this.#world = parts.world;
    this.#fleet = parts.fleet;
    this.#observer = parts.observer;
  }

  do(ms: number, action: () => Promise<void>): void {
    this.pending += 1;
    this.#world.after(ms, null, () => {
      action()
        .catch((error: unknown) =>
          this.#observer.violated('no-surprise', String(error instanceof Error ? error.stack : error)),
        )
        .finally(() => (this.pending -= 1));
    });
  }

  /** Null when the API refused, for a reason that it named. Whatever else it throws is a defect. */
  async call<T>(what: string, handler: (host: Host) => Promise<T>): Promise<T | null> {
    const answer = await this.ask(what, handler);
    if ('value' in answer) return answer.value;
    if ('unknown' in answer) throw new Error(`${what} got no answer.`);
    return null;
  }

  /** `tries`: 1 for what must not be done twice. */
  async ask<T>(
    what: string,
    handler: (host: Host) => Promise<T>,
    tries: number = MAX_TRIES,
  ): Promise<Answer<T>> {
    for (let i = 0; i < tries; i += 1) {
      try {
        return { value: await this.#fleet.call(what, handler) };
      } catch (error) {
        if (error instanceof LongrunError && error.code !== 'unavailable') {
          this.#world.note(`${what}: ${error.code}`);
          return { refused: error };
        }
        if (!(error instanceof Unavailable || error instanceof LongrunError)) throw error;
        await new Promise<void>((resolve) => this.#world.after(RETRY_MS, null, resolve));
      }
    }
    return { unknown: true };
  }
}
