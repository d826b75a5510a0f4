import { readFile } from 'node:fs/promises';
import type { RunEvent } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { alertsOf } from './alerts.ts';
import {
  countEnded,
  figuresOf,
  partsOf,
  processingMs,
  seriesOf,
  successRate,
  type Sample,
} from './measure.ts';
import { nodeTimes } from './node-times.ts';
import { quantilesOf } from './quantiles.ts';

const T = Date.parse('2026-11-21T12:00:00.000Z');
const iso = (ms: number) => new Date(T + ms).toISOString();
const sample = (part: Partial<Sample> = {}): Sample => ({
  owner: 'ada',
  run_id: 'r',
  assistant_id: 'research',
  status: 'completed',
  created_at: iso(0),
  started_at: iso(1_000),
  finished_at: iso(5_000),
  waited_ms: 0,
  usage: { input_tokens: 10, output_tokens: 5, calls: 1, cost_usd: 0.5 },
  ...part,
});

describe('quantiles by the nearest rank', () => {
  test.each<[number[], object | null]>([
    [[], null],
    [[7], { count: 1, p50_ms: 7, p95_ms: 7 }],
    [[2, 1], { count: 2, p50_ms: 1, p95_ms: 2 }],
    [[3, 1, 2], { count: 3, p50_ms: 2, p95_ms: 3 }],
    [Array.from({ length: 100 }, (_, i) => 100 - i), { count: 100, p50_ms: 50, p95_ms: 95 }],
    [Array.from({ length: 20 }, (_, i) => i + 1), { count: 20, p50_ms: 10, p95_ms: 19 }],
  ])('%j', (values, expected) => expect(quantilesOf(values)).toEqual(expected));
});

describe('times', () => {
  test('processing is from the first start to the end, without waiting for a person', () => {
    expect(processingMs(sample({ waited_ms: 1_500 }))).toBe(2_500);
    expect(processingMs(sample({ started_at: null }))).toBeNull();
    expect(processingMs(sample({ waited_ms: 60_000 }))).toBe(0);
  });

  test('a run that never started waits for nothing that can be measured', () => {
    const figures = figuresOf([sample(), sample({ started_at: null, status: 'cancelled' })], new Map());
    expect(figures).toMatchObject({
      sampled: 2,
      processing: { count: 1, p50_ms: 4_000 },
      queue_wait: { count: 1, p50_ms: 1_000 },
      usage: { input_tokens: 20, output_tokens: 10, cost_usd: 1 },
    });
  });

  test('a node’s time is from start to end of each execution; parallel ones apart, failed and inner ones not', () => {
    const at = (seq: number, ms: number) => ({ seq, at: T + ms });
    const node = (task: string, name: string, ns: string[] = []) => ({ task, node: name, ns });
    const events: RunEvent[] = [
      { ...at(1, 0), type: 'node.started', ...node('1', 'search') },
      { ...at(2, 10), type: 'node.started', ...node('2', 'search') },
      { ...at(3, 20), type: 'node.started', ...node('3', 'inner', ['1']) },
      { ...at(4, 25), type: 'node.finished', ...node('3', 'inner', ['1']) },
      { ...at(5, 50), type: 'node.finished', ...node('2', 'search') },
      { ...at(6, 100), type: 'node.finished', ...node('1', 'search') },
      { ...at(7, 100), type: 'node.started', ...node('4', 'write') },
      { ...at(8, 110), type: 'node.failed', ...node('4', 'write'), error: { code: 'x', message: 'y' } },
      { ...at(9, 120), type: 'node.finished', ...node('5', 'cached') },
    ];
    expect(nodeTimes(events)).toEqual(new Map([['search', [40, 100]]]));
  });
});

describe('success', () => {
  test.each([
    [{ completed: 0, failed: 0 }, null],
    [{ completed: 3, failed: 1 }, 0.75],
    [{ completed: 0, failed: 2 }, 0],
  ])('%j -> %j', (counts, rate) => expect(successRate(counts)).toBe(rate));
});

describe('parts of the time', () => {
  test.each([
    [1, 24, 150_000],
    [24, 24, 3_600_000],
    [72, 24, 3 * 3_600_000],
    [168, 7, 86_400_000],
    [720, 30, 86_400_000],
    [100, 24, (100 * 3_600_000) / 24],
  ])('%i hours -> %i parts of %d ms, none missing, the last ends now', (hours, count, length) => {
    const parts = partsOf(T, hours);
    expect(parts).toHaveLength(count);
    expect(parts[0]?.from).toBe(T - hours * 3_600_000);
    expect(parts.at(-1)?.to).toBe(T);
    for (const [i, { from, to }] of parts.entries()) {
      expect(to - from).toBeCloseTo(length, 3);
      expect(parts[i + 1]?.from ?? T).toBeCloseTo(to, 3);
    }
  });

  test('a run counts in the part in which it ended, once', () => {
    const span = { from: T, to: T + 5_000 };
    expect(countEnded([sample(), sample({ finished_at: iso(4_999), status: 'failed' })], span)).toEqual({
      completed: 0,
      failed: 1,
      cancelled: 0,
    });
    expect(countEnded([sample()], { from: T + 5_000, to: T + 10_000 }).completed).toBe(1);
  });

  test('of parts older than the sample the cost is that of average runs', () => {
    const counts = { completed: 4, failed: 0, cancelled: 0 };
    const parts = [
      { from: T - 20_000, to: T - 10_000, ...counts },
      { from: T + 4_000, to: T + 6_000, ...counts },
      { from: T + 6_000, to: T + 8_000, ...counts },
    ];
    const samples = [
      sample({ finished_at: iso(6_500) }),
      sample({ finished_at: iso(4_500), usage: { input_tokens: 0, output_tokens: 0, calls: 0 } }),
    ];
    expect(seriesOf(parts, samples, false).map(({ cost_usd }) => cost_usd)).toEqual([1, 1, 0.5]);
    expect(seriesOf(parts, samples, true).map(({ cost_usd }) => cost_usd)).toEqual([0, 0, 0.5]);
    expect(seriesOf(parts, [], true).map(({ cost_usd }) => cost_usd)).toEqual([0, 0, 0]);
  });
});

describe('D8: alerts', () => {
  const measured = {
    lastHour: { completed: 95, failed: 5 },
    lastDay: {
      completed: 1,
      failed: 0,
      cancelled: 0,
      sampled: 1,
      usage: { input_tokens: 0, output_tokens: 0, cost_usd: 5 },
    },
    waiting: 50,
    apiMs: 2_000,
  };
  const firing = (part: Partial<typeof measured> = {}) =>
    alertsOf({ ...measured, ...part })
      .filter((alert) => alert.firing)
      .map(({ name }) => name);

  test('at the threshold nothing fires; beyond it each by itself', () => {
    expect(firing()).toEqual([]);
    expect(firing({ lastHour: { completed: 94, failed: 6 } })).toEqual(['error_rate']);
    expect(firing({ waiting: 51 })).toEqual(['queue_depth']);
    expect(firing({ apiMs: 2_001 })).toEqual(['api_latency']);
    const lastDay = { ...measured.lastDay, usage: { ...measured.lastDay.usage, cost_usd: 5.01 } };
    expect(firing({ lastDay })).toEqual(['daily_cost']);
  });

  test('the alert policies of the cloud have the same thresholds', async () => {
    const file = new URL('../../../infra/gcp/monitoring/thresholds.ts', import.meta.url);
    const names = [...(await readFile(file, 'utf8')).matchAll(/name: '[^']* above \$?(\d+)[^']*'/g)];
    expect(names.map(([, threshold]) => Number(threshold))).toEqual(
      alertsOf(measured).map(({ threshold }) => threshold),
    );
  });

  test('nothing measured -> no value and no alarm', () => {
    const [rate, , latency] = alertsOf({ ...measured, lastHour: { completed: 0, failed: 0 }, apiMs: null });
    expect(rate).toMatchObject({ value: null, firing: false });
    expect(latency).toMatchObject({ value: null, firing: false });
  });

  test('more runs than were sampled -> the cost is estimated, and said to be', () => {
    const lastDay = {
      ...measured.lastDay,
      completed: 3_000,
      sampled: 1_000,
      usage: { ...measured.lastDay.usage, cost_usd: 2 },
    };
    const cost = alertsOf({ ...measured, lastDay }).at(-1);
    expect(cost).toMatchObject({
      name: 'daily_cost',
      value: 6,
      firing: true,
      detail: expect.stringContaining('estimated'),
    });
  });
});
