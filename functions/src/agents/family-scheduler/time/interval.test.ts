import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, gaps, overlaps, union, widen, type Interval } from './interval.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }))
  .map(([start, length]): Interval => ({ start, end: start + length }));
const busy = fc.array(interval, { maxLength: 12 });
const window: Interval = { start: 10, end: 50 };
const moments = Array.from({ length: 90 }, (_, i) => i);

/** The definition that everything else is held to: a moment is in a set of intervals or it is not. */
const holds = (intervals: readonly Interval[], moment: number) =>
  intervals.some(({ start, end }) => start <= moment && moment < end);

describe('intervals', () => {
  test('two overlap exactly when some moment is in both', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        expect(overlaps(a, b)).toBe(moments.some((m) => holds([a], m) && holds([b], m)));
        expect(overlaps(a, b)).toBe(overlaps(b, a));
      }),
    );
  });

  test('union: the same moments, in order, and no two touch', () => {
    fc.assert(
      fc.property(busy, (all) => {
        const joined = union(all);
        for (const m of moments) expect(holds(joined, m)).toBe(holds(all, m));
        for (const [i, { start }] of joined.entries()) {
          if (i > 0) expect(start).toBeGreaterThan(joined[i - 1]?.end ?? Number.NaN);
        }
        expect(union(joined)).toEqual(joined);
      }),
    );
  });

  test('gaps: a moment of the window is busy or free, never both', () => {
    fc.assert(
      fc.property(busy, (all) => {
        const free = gaps(window, all);
        for (const m of moments) {
          expect(holds(free, m)).toBe(holds([window], m) && !holds(all, m));
        }
      }),
    );
  });

  test('gaps of a least length: exactly the longer ones', () => {
    fc.assert(
      fc.property(busy, fc.integer({ min: 1, max: 15 }), (all, atLeast) => {
        const long = gaps(window, all).filter(({ start, end }) => end - start >= atLeast);
        expect(gaps(window, all, atLeast)).toEqual(long);
      }),
    );
  });

  test('what is widened on one side needs no widening on the other: a buffer lies between two uses', () => {
    fc.assert(
      fc.property(interval, interval, fc.integer({ min: 0, max: 9 }), (a, b, buffer) => {
        const apart = Math.max(a.start - b.end, b.start - a.end) >= buffer;
        expect(overlaps(widen(a, buffer), b)).toBe(!apart);
      }),
    );
  });

  test('clip keeps what lies within', () => {
    expect(clip({ start: 0, end: 20 }, window)).toEqual({ start: 10, end: 20 });
    expect(clip({ start: 0, end: 10 }, window)).toBeUndefined();
  });
});
