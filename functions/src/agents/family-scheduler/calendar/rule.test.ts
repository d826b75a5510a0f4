import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { DAY, parseWall, wallText, type Wall } from '../time/wall.ts';
import { occurrences, TooManyRepetitions } from './rule.ts';
import { toRule } from './to-rule.ts';
import { wallOf } from './wall-of.ts';

const at = (text: string): Wall => parseWall(text) ?? Number.NaN;

function dates(rule: string, first: string, to = '2031-01-01T00:00', from = first): string[] {
  const parsed = toRule(ICAL.Recur.fromString(rule), wallOf);
  if (parsed === undefined) throw new Error(`${rule} repeats within the day.`);
  const window = { from: at(from), to: at(to) };
  return [...occurrences(parsed, at(first), window, { days: 100_000 })].map(wallText);
}
const first = (n: number, rule: string, start: string) =>
  dates(rule, start)
    .slice(0, n)
    .map((text) => text.slice(0, 10));

describe('recurrence rules, by the examples of RFC 5545', () => {
  test.each([
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
      '1997-09-02T09:00',
      '1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16',
    ],
    [
      'FREQ=MONTHLY;COUNT=5;BYDAY=1FR',
      '1997-09-05T09:00',
      '1997-09-05 1997-10-03 1997-11-07 1997-12-05 1998-01-02',
    ],
    ['FREQ=MONTHLY;COUNT=4;BYDAY=-2MO', '1997-09-22T09:00', '1997-09-22 1997-10-20 1997-11-17 1997-12-22'],
    ['FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28T09:00', '1997-09-28 1997-10-29 1997-11-28 1997-12-29'],
    [
      'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
      '1998-02-13T09:00',
      '1998-02-13 1998-03-13 1998-11-13 1999-08-13',
    ],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '1996-11-05T09:00',
      '1996-11-05 2000-11-07 2004-11-02',
    ],
    [
      'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
      '1997-09-04T09:00',
      '1997-09-04 1997-10-07 1997-11-06',
    ],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', '1997-09-29T09:00', '1997-09-29 1997-10-30 1997-11-27'],
    ['FREQ=YEARLY;BYDAY=20MO', '1997-05-19T09:00', '1997-05-19 1998-05-18 1999-05-17'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1997-05-12T09:00', '1997-05-12 1998-05-11 1999-05-17'],
    [
      'FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200',
      '1997-01-01T09:00',
      '1997-01-01 1997-04-10 1997-07-19 2000-01-01',
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      '1997-08-05T09:00',
      '1997-08-05 1997-08-10 1997-08-19 1997-08-24',
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      '1997-08-05T09:00',
      '1997-08-05 1997-08-17 1997-08-19 1997-08-31',
    ],
    ['FREQ=YEARLY', '2024-02-29T09:00', '2024-02-29 2028-02-29'],
    ['FREQ=MONTHLY', '2026-01-31T09:00', '2026-01-31 2026-03-31 2026-05-31'],
    ['FREQ=DAILY;UNTIL=20261122T090000', '2026-11-20T09:00', '2026-11-20 2026-11-21 2026-11-22'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', '2026-03-29T09:00', '2026-03-29 2027-03-28 2028-03-26'],
  ])('%s from %s', (rule, start, expected) => {
    const wanted = expected.split(' ');
    expect(first(wanted.length, rule, start)).toEqual(wanted);
  });

  test('times of a day', () => {
    expect(dates('FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;COUNT=5', '2026-11-20T09:00')).toEqual([
      '2026-11-20T09:00',
      '2026-11-20T09:30',
      '2026-11-20T17:00',
      '2026-11-20T17:30',
      '2026-11-21T09:00',
    ]);
  });
});

describe('recurrence rules that are odd', () => {
  test('the first occurrence is one even where the rule would leave it out', () => {
    expect(first(2, 'FREQ=WEEKLY;BYDAY=TU', '2026-11-21T10:00')).toEqual(['2026-11-21', '2026-11-24']);
  });

  test.each([
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=1000000000',
  ])('%s -> nothing after the first, and no hang', (rule) => {
    expect(dates(rule, '2026-11-21T10:00')).toEqual(['2026-11-21T10:00']);
  });

  test('a rule that needs too many days -> refused', () => {
    expect(() =>
      dates('FREQ=DAILY;COUNT=1000000000', '0001-01-01T10:00', '2026-11-21T10:00', '2026-11-20T10:00'),
    ).toThrow(TooManyRepetitions);
  });

  test('a window far from the start is reached without following what lies between', () => {
    const far = dates('FREQ=WEEKLY;INTERVAL=3', '1900-01-01T10:00', '2026-02-01T00:00', '2026-01-01T00:00');
    expect(far.length).toBeGreaterThanOrEqual(1);
    for (const text of far) expect(((at(text) - at('1900-01-01T10:00')) / DAY) % 21).toBe(0);
  });
});

describe('recurrence rules, held to ical.js', () => {
  const days = fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], { minLength: 1 });
  const interval = fc.integer({ min: 1, max: 5 });
  const rule = fc.oneof(
    fc.tuple(interval).map(([n]) => `FREQ=DAILY;INTERVAL=${n}`),
    fc.tuple(interval, days).map(([n, by]) => `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${by.join(',')}`),
    fc
      .tuple(interval, fc.integer({ min: 1, max: 28 }))
      .map(([n, day]) => `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${day}`),
    fc
      .tuple(interval, fc.constantFrom(1, 2, 3, 4, -1), fc.constantFrom('MO', 'WE', 'SU'))
      .map(([n, nth, day]) => `FREQ=MONTHLY;INTERVAL=${n};BYDAY=${nth}${day}`),
  );
  const start = fc.integer({ min: 0, max: 1_500 }).map((n) => at('2022-01-01T10:00') + n * DAY);

  test('the same occurrences', () => {
    fc.assert(
      fc.property(rule, start, (text, begin) => {
        const iterator = ICAL.Recur.fromString(text).iterator(ICAL.Time.fromJSDate(new Date(begin), true));
        const expected = Array.from({ length: 12 }, () =>
          wallText(wallOf(iterator.next() ?? ICAL.Time.now())),
        );
        // Where the first is not one of the rule, ical.js leaves it out.
        const ours = dates(text, wallText(begin), '2040-01-01T00:00').filter(
          (each, i) => i > 0 || each === expected[0],
        );
        expect(ours.slice(0, 12)).toEqual(expected);
      }),
    );
  });

  test('a later window holds exactly what lies in it', () => {
    fc.assert(
      fc.property(rule, start, fc.integer({ min: 0, max: 900 }), (text, begin, later) => {
        const from = wallText(begin + later * DAY);
        const whole = dates(text, wallText(begin), '2031-01-01T00:00');
        expect(dates(text, wallText(begin), '2031-01-01T00:00', from)).toEqual(
          whole.filter((each) => each >= from),
        );
      }),
    );
  });
});
