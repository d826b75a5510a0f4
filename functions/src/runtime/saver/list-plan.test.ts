import { array, assert, nat, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planList, type Run } from './list-plan.ts';

const size = 100; // bytes of each element here
const bytesOf = (from: number, to: number) => (to - from) * size;

/** Applies the plan as the saver does. */
function next(old: Run[], same: number, length: number): { runs: Run[]; written: number } {
  const plan = planList(old, same, length, bytesOf);
  const written = plan.write.map((run) => ({ ...run, bytes: run.count * size }));
  return {
    runs: [...old.slice(0, plan.keep), ...written],
    written: written.reduce((sum, { count }) => sum + count, 0),
  };
}

const lengthOf = (runs: Run[]) => runs.reduce((sum, { count }) => sum + count, 0);

describe('planList', () => {
  test('a new list -> one segment', () => {
    expect(planList([], 0, 3, bytesOf)).toEqual({ keep: 0, write: [{ count: 3, level: 0 }] });
  });

  test('an unchanged list -> nothing is written', () => {
    expect(planList([{ count: 3, level: 0, bytes: 300 }], 3, 3, bytesOf)).toEqual({ keep: 1, write: [] });
  });

  test('an appended element -> only it is written', () => {
    expect(planList([{ count: 3, level: 0, bytes: 300 }], 3, 4, bytesOf)).toEqual({
      keep: 1,
      write: [{ count: 1, level: 0 }],
    });
  });

  test('the eighth segment of a level -> the eight become one of the next', () => {
    const seven = Array.from({ length: 7 }, () => ({ count: 1, level: 0, bytes: size }));
    expect(planList(seven, 7, 8, bytesOf)).toEqual({ keep: 0, write: [{ count: 8, level: 1 }] });
  });

  test('a changed element -> its segment and those after it are written anew', () => {
    const runs = [2, 2, 2].map((count) => ({ count, level: 0, bytes: count * size }));
    expect(planList(runs, 3, 6, bytesOf)).toEqual({ keep: 1, write: [{ count: 4, level: 0 }] });
  });

  test('a shortened list -> what is left of the cut segment is written anew', () => {
    const runs = [2, 2, 2].map((count) => ({ count, level: 0, bytes: count * size }));
    expect(planList(runs, 3, 3, bytesOf)).toEqual({ keep: 1, write: [{ count: 1, level: 0 }] });
    expect(planList(runs, 4, 4, bytesOf)).toEqual({ keep: 2, write: [] });
  });

  test('segments that are large already are not merged', () => {
    const runs = Array.from({ length: 20 }, () => ({ count: 1, level: 0, bytes: 100_000 }));
    expect(planList(runs, 20, 21, bytesOf)).toEqual({ keep: 20, write: [{ count: 1, level: 0 }] });
  });

  test('after any edits the segments cover the list', () => {
    const edit = record({ same: nat(60), add: nat(30) });
    assert(
      property(array(edit, { maxLength: 60 }), (edits) => {
        let runs: Run[] = [];
        for (const { same, add } of edits) {
          const kept = Math.min(same, lengthOf(runs));
          runs = next(runs, kept, kept + add).runs;
          if (lengthOf(runs) !== kept + add) return false;
        }
        return runs.every(({ count }) => count > 0);
      }),
    );
  });

  test.each([
    ['one', [1]],
    ['two', [2]],
    ['five', [5]],
    ['one or ten', [1, 10, 1]],
    ['one, then hundreds', [1, 1, 300]],
  ])('10 000 elements, %s at a time: few segments, each element written few times', (_, steps) => {
    let runs: Run[] = [];
    let written = 0;
    let most = 0;
    for (let i = 0; lengthOf(runs) < 10_000; i += 1) {
      const length = lengthOf(runs);
      const step = Math.min(steps[i % steps.length] ?? 1, 10_000 - length);
      const result = next(runs, length, length + step);
      runs = result.runs;
      written += result.written;
      most = Math.max(most, runs.length);
    }
    expect(written).toBeLessThanOrEqual(10_000 * 5);
    expect(most).toBeLessThanOrEqual(48);
  });
});
