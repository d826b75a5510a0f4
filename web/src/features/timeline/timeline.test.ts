import type { Row, StepRow } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { linesOf } from './groups.ts';
import { scaleOf } from './scale.ts';

function step(key: number, node: string, startedAt: number, endedAt: number | null): StepRow {
  const state = endedAt === null ? 'running' : 'done';
  return {
    kind: 'step',
    key,
    task: `${key}`,
    node,
    ns: [],
    attempt: 1,
    state,
    startedAt,
    endedAt,
    sources: 0,
    tokens: 0,
  };
}

describe('lines of the timeline', () => {
  it('three or more of one node in a row are one line, open while one of them is', () => {
    const lines = linesOf([
      step(1, 'plan', 0, 5),
      step(2, 's', 5, 9),
      step(3, 's', 5, null),
      step(4, 's', 5, 7),
    ]);
    expect(lines).toMatchObject([
      { kind: 'step', node: 'plan' },
      { kind: 'group', node: 's', startedAt: 5, endedAt: null },
    ]);
  });

  it('D4: a quick hand-over is left out, a slow one is shown', () => {
    const wait = (endedAt: number): Row => ({
      kind: 'wait',
      key: 9,
      cause: 'handover',
      startedAt: 0,
      endedAt,
    });
    expect(linesOf([wait(400)])).toEqual([]);
    expect(linesOf([wait(4_000)])).toHaveLength(1);
  });
});

describe('the scale', () => {
  it('runs from the first to the last moment', () => {
    const scale = scaleOf([step(1, 'a', 1_000, 2_000), step(2, 'b', 2_000, 4_000)], 4_000);
    expect([scale.at(1_000), scale.at(2_000), scale.at(4_000)]).toEqual([0, 1 / 3, 1]);
  });

  it('an idle gap of an hour takes no more room than a short one', () => {
    const scale = scaleOf([step(1, 'a', 0, 10_000), step(2, 'b', 3_600_000, 3_610_000)], 3_610_000);
    expect(scale.at(3_600_000) - scale.at(10_000)).toBeLessThan(0.1);
  });
});
