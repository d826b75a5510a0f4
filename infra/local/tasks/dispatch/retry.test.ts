import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY_CONFIG } from '../model.ts';
import type { RetryConfig, Task } from '../model.ts';
import { backoffMs, isExhausted, retryAfterMs } from './retry.ts';

const config = (more: Partial<RetryConfig>): RetryConfig => ({ ...DEFAULT_RETRY_CONFIG, ...more });
const schedule = (retry: RetryConfig, count: number): number[] =>
  Array.from({ length: count }, (_, i) => backoffMs(retry, i + 1) / 1000);

describe('backoff', () => {
  test("the API documentation's example", () => {
    const retry = config({ minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 });
    expect(schedule(retry, 8)).toEqual([10, 20, 40, 80, 160, 240, 300, 300]);
  });

  test('the defaults double from 0.1 s', () => {
    expect(schedule(DEFAULT_RETRY_CONFIG, 5)).toEqual([0.1, 0.2, 0.4, 0.8, 1.6]);
    expect(schedule(DEFAULT_RETRY_CONFIG, 100).at(-1)).toBe(3_600);
  });
});

describe('giving up', () => {
  const after = (dispatchCount: number): Task => ({
    name: 't',
    named: false,
    createTime: 0,
    scheduleTime: 0,
    deadlineMs: 1,
    dispatchCount,
    responseCount: 0,
    executionCount: 0,
    firstDispatch: 0,
  });
  const MINUTE_US = 60e6;

  test('attempts and duration both limited -> only when both are exceeded', () => {
    const both = config({ maxAttempts: 3, maxRetryDurationMs: 60_000 });
    expect(isExhausted(both, after(3), MINUTE_US - 1)).toBe(false);
    expect(isExhausted(both, after(2), MINUTE_US)).toBe(false);
    expect(isExhausted(both, after(3), MINUTE_US)).toBe(true);
  });

  test('one limit -> that one decides', () => {
    expect(isExhausted(config({ maxAttempts: 3 }), after(3), 1)).toBe(true);
    expect(isExhausted(config({ maxAttempts: -1, maxRetryDurationMs: 60_000 }), after(1), MINUTE_US)).toBe(
      true,
    );
  });

  test('no limit -> never', () => {
    expect(isExhausted(config({ maxAttempts: -1 }), after(1e6), 1e15)).toBe(false);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  test.each([
    [undefined, 0],
    ['2', 2_000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['nonsense', 0],
    ['-5', 0],
    ['999999999', 3_600_000],
  ])('%s -> %d ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
