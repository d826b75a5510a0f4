import { LongrunError } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { checkQuotas, dayOf, type Use } from './quotas.ts';

const NOON = Date.parse('2026-12-01T12:00:00.000Z');
const USER = { runs_at_once: 3, running_at_once: 2, runs_per_day: 10, usd_per_day: 5 };
const TOTAL = { runs_at_once: 7, usd_per_day: 50 };
const NOTHING: Use = { active: 0, runsToday: 0, usdToday: 0, totalActive: 0, totalUsdToday: 0 };

function refusal(use: Partial<Use>, now = NOON): LongrunError | null {
  try {
    checkQuotas(USER, TOTAL, { ...NOTHING, ...use }, now);
    return null;
  } catch (error) {
    if (!(error instanceof LongrunError)) throw error;
    return error;
  }
}

test.each<Partial<Use>>([
  {},
  { active: 2 },
  { runsToday: 9 },
  { usdToday: 4.999 },
  { totalActive: 6 },
  { totalUsdToday: 49.9 },
])('below every limit -> let in: %j', (use) => {
  expect(refusal(use)).toBeNull();
});

describe('at a limit -> 429 with what, how much, and until when', () => {
  const midnight = '2026-12-02T00:00:00.000Z';
  test.each<[Partial<Use>, object, string]>([
    [{ active: 3 }, { what: 'runs_at_once', limit: 3, used: 3, until: null }, '3 of your runs run or wait'],
    [
      { runsToday: 10 },
      { what: 'runs_per_day', limit: 10, used: 10, until: midnight },
      '10 a day are allowed',
    ],
    [
      { usdToday: 5.5 },
      { what: 'usd_per_day', limit: 5, used: 5.5, until: midnight },
      '$5.50 for your runs today',
    ],
    [{ totalActive: 7 }, { what: 'total_runs_at_once', limit: 7, used: 7, until: null }, 'All 7 places'],
    [
      { totalUsdToday: 50 },
      { what: 'total_usd_per_day', limit: 50, used: 50, until: midnight },
      'cost this installation $50.00 today',
    ],
  ])('%j', (use, details, words) => {
    const error = refusal(use);
    expect(error).toMatchObject({ code: 'quota_exceeded', status: 429, details });
    expect(error?.message).toContain(words);
  });
});

test('several limits are reached -> the one that lasts longest is named', () => {
  expect(refusal({ active: 3, runsToday: 10 })?.details).toMatchObject({ what: 'runs_per_day' });
  expect(refusal({ usdToday: 5, totalUsdToday: 50 })?.details).toMatchObject({ what: 'total_usd_per_day' });
});

test('when it is worth trying again: at midnight of UTC, or soon', () => {
  expect(refusal({ runsToday: 10 })?.retryAfterS).toBe(12 * 3_600);
  expect(refusal({ runsToday: 10 }, Date.parse('2026-12-01T23:59:59.999Z'))?.retryAfterS).toBe(1);
  expect(refusal({ active: 3 })?.retryAfterS).toBe(10);
});

test('a day is one of UTC', () => {
  expect(dayOf(Date.parse('2026-12-01T23:59:59.999Z'))).toBe('2026-12-01');
  expect(dayOf(Date.parse('2026-12-02T00:00:00.000Z'))).toBe('2026-12-02');
});
