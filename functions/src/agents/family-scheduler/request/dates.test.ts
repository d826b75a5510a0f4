import { describe, expect, test } from 'vitest';
import { dateText, parseDate, parseWall } from '../time/wall.ts';
import { takeDays } from './dates.ts';
import { parseRequest } from './parse.ts';
import { Scanner } from './scanner.ts';

const parse = (text: string, now: string) =>
  parseRequest(text, parseWall(now) ?? Number.NaN, { people: [], resources: [] });

describe('days, seen from a day', () => {
  test.each([
    ['Dentist on Saturday at 9', '2026-11-21T08:00', '2026-11-28T09:00'],
    ['Dentist today at 9', '2026-11-21T08:00', '2026-11-21T09:00'],
    ['Dentist next Tuesday at 9', '2026-11-23T08:00', '2026-12-01T09:00'],
    ['Dentist on Tuesday at 9', '2026-11-23T08:00', '2026-11-24T09:00'],
    ['Dentist next Tuesday at 9', '2026-11-22T08:00', '2026-11-24T09:00'],
    ['Dentist on 2 January at 9', '2026-12-30T08:00', '2027-01-02T09:00'],
    ['Dentist on February 29 at 9', '2026-12-30T08:00', '2028-02-29T09:00'],
    ['Dentist tomorrow at 9', '2026-12-31T08:00', '2027-01-01T09:00'],
    ['Dentist on the 31st at 9', '2026-11-05T08:00', '2026-12-31T09:00'],
    ['Dentist at 9', '2026-11-18T08:00', '2026-11-18T09:00'],
    ['Dentist at 9', '2026-11-18T10:00', '2026-11-19T09:00'],
    ['Dentist a week from Friday at 9', '2026-11-18T10:00', '2026-11-27T09:00'],
    ['Dentist on the last Friday of November at 9', '2026-11-18T10:00', '2026-11-27T09:00'],
    ['Dentist on the first Sunday of December at 9', '2026-11-18T10:00', '2026-12-06T09:00'],
    ['Dentist on the second Saturday in January at 9', '2026-11-18T10:00', '2027-01-09T09:00'],
    ['Dentist on the first Monday of the month at 9', '2026-11-18T10:00', '2026-12-07T09:00'],
    ['Lunch on Christmas Eve at 12', '2026-11-18T10:00', '2026-12-24T12:00'],
    ["Brunch on New Year's Day at 11", '2026-11-18T10:00', '2027-01-01T11:00'],
    ['Dentist on 12/24 at 9', '2026-11-18T10:00', '2026-12-24T09:00'],
  ])('%s, said on %s', (text, now, start) => {
    expect(parse(text, now)).toMatchObject({ kind: 'book', start });
  });
});

describe('spans of days, seen from Wednesday, 18 November 2026', () => {
  const today = parseDate('2026-11-18') ?? Number.NaN;

  test.each([
    ['next week', '2026-11-23..2026-11-29'],
    ['this week', '2026-11-18..2026-11-22'],
    ['the week after next', '2026-11-30..2026-12-06'],
    ['this weekend', '2026-11-18..2026-11-22 [60]'],
    ['next weekend', '2026-11-23..2026-11-29 [60]'],
    ['in the week of 30 November', '2026-11-30..2026-12-06'],
    ['in the week of December 10th', '2026-12-07..2026-12-13'],
    ['within the next 10 days', '2026-11-18..2026-11-28'],
    ['in the next two weeks', '2026-11-18..2026-12-02'],
    ['next month', '2026-12-01..2026-12-31'],
    ['this month', '2026-11-18..2026-11-30'],
    ['in February', '2027-02-01..2027-02-28'],
    ['before Friday', '2026-11-18..2026-11-19'],
    ['by Friday', '2026-11-18..2026-11-20'],
    ['after Friday', '2026-11-21..2026-11-27'],
    ['between Monday and Wednesday', '2026-11-23..2026-11-25'],
    ['Tuesday, Thursday or Saturday', '2026-11-19..2026-11-25 [246]'],
    ['next week on Monday or Friday', '2026-11-23..2026-11-29 [15]'],
    ['next week on a weekday', '2026-11-23..2026-11-29 [12345]'],
    ['on a weekday', '2026-11-19..2026-12-02 [12345]'],
    ['a Wednesday', '2026-11-25..2026-11-25'],
    ['31.02.', ''],
    ['on 2026-02-30', ''],
    ['some day', ''],
  ])('%s', (text, expected) => {
    const days = takeDays(new Scanner(text), today);
    const weekdays = (days?.weekdays.length ?? 0) === 0 ? '' : ` [${days?.weekdays.join('')}]`;
    expect(days === undefined ? '' : `${dateText(days.from)}..${dateText(days.to)}${weekdays}`).toBe(
      expected,
    );
  });
});
