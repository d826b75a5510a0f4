/** Commit and read times: whole microseconds since the epoch, as a number (exact until the year 2255). */
import type { Timestamp } from './values.ts';

export class Clock {
  #last: number;

  /** `last`: the newest time that was ever handed out; a clock set back never undercuts it. */
  constructor(last: number) {
    this.#last = last;
  }

  /** Strictly later than every time handed out before. */
  commitTime(): number {
    this.#last = Math.max(wallMicros(), this.#last + 1);
    return this.#last;
  }

  /** A time whose snapshot is complete: every later commit gets a later time. */
  readTime(): number {
    this.#last = Math.max(wallMicros(), this.#last);
    return this.#last;
  }
}

export const wallMicros = (): number => Math.floor((performance.timeOrigin + performance.now()) * 1000);

export const toTimestamp = (micros: number): Timestamp => ({
  seconds: String(Math.floor(micros / 1e6)),
  nanos: (micros - Math.floor(micros / 1e6) * 1e6) * 1000,
});

/** Truncates to microseconds. */
export const fromTimestamp = ({ seconds = 0, nanos = 0 }: Timestamp): number =>
  Number(seconds) * 1e6 + Math.floor(nanos / 1000);
