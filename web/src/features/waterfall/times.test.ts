import type { RunTrace, TraceSpan } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { axisOf, summary, timesOf } from './times.ts';

function trace(...spans: [kind: TraceSpan['kind'], from: number, to: number][]): RunTrace {
  return {
    run_id: 'r',
    trace_id: 't',
    spans: spans.map(([kind, start_ms, end_ms], i) => ({
      span_id: `${i}`,
      parent_span_id: i === 0 ? null : '0',
      name: kind,
      kind,
      start_ms,
      end_ms,
      labels: {},
    })),
  };
}

describe('where the time went, in words', () => {
  it('waiting, models and storing apart; what ran side by side counts once', () => {
    const times = timesOf(
      trace(
        ['api', 0, 100],
        ['queue', 100, 400],
        ['worker', 400, 42_000],
        ['model', 1_000, 21_000],
        ['model', 2_000, 39_000],
        ['storage', 40_000, 40_900],
      ),
    );
    expect(summary(times)).toBe('42.0 s in all: waited 0.3 s in the queue, 38.0 s in models, 0.9 s storing');
  });

  it('a person who took two hours is told as time without anything to do', () => {
    const hour = 3_600_000;
    const times = timesOf(
      trace(
        ['browser', 0, 2 * hour + 2_000],
        ['worker', 0, 1_000],
        ['worker', 2 * hour + 1_000, 2 * hour + 2_000],
      ),
    );
    expect(summary(times)).toBe('2 h 00 m in all: 2 h 00 m without anything to do');
  });
});

describe('the common scale', () => {
  it('work keeps its proportions', () => {
    const { at, breaks } = axisOf(trace(['worker', 0, 1_000], ['node', 0, 250], ['node', 250, 1_000]));
    expect([0, 250, 500, 1_000].map(at)).toEqual([0, 0.25, 0.5, 1]);
    expect(breaks).toEqual([]);
  });

  it('hours without work are drawn short, and known as a break', () => {
    const { at, breaks } = axisOf(trace(['worker', 0, 1_000], ['worker', 7_200_000, 7_201_000]));
    expect(at(1_000)).toBeGreaterThan(0.4);
    expect(at(7_200_000) - at(1_000)).toBeLessThan(0.15);
    expect(breaks).toEqual([{ from: 1_000, to: 7_200_000 }]);
  });

  it('a frame around everything does not hide the gap inside it', () => {
    const { breaks } = axisOf(trace(['browser', 0, 100_000], ['node', 0, 500], ['node', 99_500, 100_000]));
    expect(breaks).toEqual([{ from: 500, to: 99_500 }]);
  });

  it('a run of one instant has a scale as well', () => {
    expect(axisOf(trace(['node', 5, 5])).at(5)).toBe(0);
  });
});
