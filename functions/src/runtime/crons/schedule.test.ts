import { describe, expect, test } from 'vitest';
import { checkTiming, nextTime, type Timing } from './schedule.ts';

const timing = (schedule: string, timezone: string | null = null): Timing => ({
  schedule,
  timezone,
  enabled: true,
  end_time: null,
});

/** The next times after one, as texts. */
function times(given: Timing, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at: string | null = after; at !== null && found.length < count;) {
    at = nextTime(given, Date.parse(at));
    if (at !== null) found.push(at.replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('times', () => {
  test('are of UTC unless a zone is named', () => {
    expect(times(timing('0 9 * * 1-5'), '2026-11-27T10:00:00Z', 2)).toEqual([
      '2026-11-30T09:00Z',
      '2026-12-01T09:00Z',
    ]);
    expect(times(timing('0 9 * * *', 'America/New_York'), '2026-11-27T00:00:00Z', 1)).toEqual([
      '2026-11-27T14:00Z',
    ]);
  });

  test('are after the moment that is named, never at it', () => {
    expect(times(timing('*/5 * * * *'), '2026-11-27T10:05:00.000Z', 1)).toEqual(['2026-11-27T10:10Z']);
    expect(times(timing('*/5 * * * *'), '2026-11-27T10:04:59.999Z', 1)).toEqual(['2026-11-27T10:05Z']);
  });

  test('end with the end time, which still counts', () => {
    const ends = { ...timing('0 * * * *'), end_time: '2026-11-27T12:00:00.000Z' };
    expect(times(ends, '2026-11-27T10:30:00Z', 9)).toEqual(['2026-11-27T11:00Z', '2026-11-27T12:00Z']);
  });

  test('are none while disabled', () => {
    expect(nextTime({ ...timing('* * * * *'), enabled: false }, 0)).toBe(null);
  });
});

describe('in Berlin, where clocks change', () => {
  const berlin = (schedule: string) => timing(schedule, 'Europe/Berlin');

  test('a time of day stays what it is in summer and in winter', () => {
    expect(times(berlin('0 9 * * *'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T08:00Z',
      '2026-03-29T07:00Z',
      '2026-03-30T07:00Z',
    ]);
    expect(times(berlin('0 9 * * *'), '2026-10-23T12:00:00Z', 3)).toEqual([
      '2026-10-24T07:00Z',
      '2026-10-25T08:00Z',
      '2026-10-26T08:00Z',
    ]);
  });

  test('one that is left out comes once all the same', () => {
    expect(times(berlin('30 2 * * *'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
  });

  test('one that comes twice counts once', () => {
    expect(times(berlin('0,30 2 * * *'), '2026-10-24T12:00:00Z', 4)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:00Z',
      '2026-10-26T01:30Z',
    ]);
  });

  test('intervals go on', () => {
    for (const after of ['2026-03-28T23:45:00Z', '2026-10-24T22:45:00Z']) {
      const found = times(berlin('*/30 * * * *'), after, 12).map((at) => Date.parse(at));
      const gaps = found.slice(1).map((at, i) => at - (found[i] ?? 0));
      expect(new Set(gaps)).toEqual(new Set([30 * 60_000]));
    }
  });
});

describe('is refused by name:', () => {
  test.each([
    ['* * * * * *', null, 'must have five fields'],
    ['@daily', null, 'must have five fields'],
    ['0 9 * *', null, 'must have five fields'],
    ['60 * * * *', null, 'body.schedule: "60 * * * *" is no cron expression of five fields: Invalid value'],
    ['a b c d e', null, 'is no cron expression'],
    ['0 0 31 2 *', null, 'never comes'],
    ['0 9 * * *', 'Mars/Base', 'body.timezone: "Mars/Base" is no time zone'],
    ['0 9 * * *', '+02:00', 'body.timezone: "+02:00" is no time zone'],
    ['0 9 * * *', '', 'body.timezone: "" is no time zone'],
  ])('%s in %s', (schedule, timezone, message) => {
    expect(() => checkTiming(timing(schedule, timezone), Date.parse('2026-11-30T00:00:00Z'))).toThrow(
      expect.objectContaining({ code: 'invalid_schedule', message: expect.stringContaining(message) }),
    );
  });
});
