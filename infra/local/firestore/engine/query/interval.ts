/** Half-open intervals of keys. */
import { inverted, successor } from '../value/bytes.ts';

export interface Interval {
  /** Inclusive. */
  readonly lo: Uint8Array;
  /** Exclusive; undefined: no end. */
  readonly hi: Uint8Array | undefined;
}

export const EVERYTHING: Interval = { lo: new Uint8Array(0), hi: undefined };
export const NOTHING: Interval = { lo: Buffer.from([0xff]), hi: new Uint8Array(0) };

/** Everything that starts with `prefix`. */
export const startingWith = (prefix: Uint8Array): Interval => ({ lo: prefix, hi: successor(prefix) });

export function intersection(a: Interval, b: Interval): Interval {
  const lo = Buffer.compare(a.lo, b.lo) >= 0 ? a.lo : b.lo;
  if (a.hi === undefined || b.hi === undefined) return { lo, hi: a.hi ?? b.hi };
  return { lo, hi: Buffer.compare(a.hi, b.hi) <= 0 ? a.hi : b.hi };
}

export const isEmpty = ({ lo, hi }: Interval): boolean => hi !== undefined && Buffer.compare(lo, hi) >= 0;

/**
 * The same set after every key was inverted. Exact when bounds begin keys (or are keys), and no key is the beginning of
 * another, as is the case here: a key at or above `lo` either starts with it or differs in a larger byte.
 */
export function mirrored({ lo, hi }: Interval): Interval {
  return {
    lo: hi === undefined ? new Uint8Array(0) : (successor(inverted(hi)) ?? Buffer.from([0xff, 0xff])),
    hi: lo.length === 0 ? undefined : successor(inverted(lo)),
  };
}

/** Within keys that start with `prefix`: the interval of what follows becomes one of whole keys. */
export function below(prefix: Uint8Array, { lo, hi }: Interval): Interval {
  return {
    lo: Buffer.concat([prefix, lo]),
    hi: hi === undefined ? successor(prefix) : Buffer.concat([prefix, hi]),
  };
}
