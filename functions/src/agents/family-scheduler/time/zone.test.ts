import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, parseDate, parseTime, parseWall, wallText } from './wall.ts';
import { ianaZone } from './zone.ts';

function zone(name: string) {
  const found = ianaZone(name);
  if (found === undefined) throw new Error(`There is no zone ${name}.`);
  return found;
}
const at = (text: string) => parseWall(text) ?? Number.NaN;
const NAMES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
];

describe('time zones', () => {
  test.each([
    ['Europe/Berlin', '2026-07-01T10:00', '2026-07-01T08:00:00.000Z'],
    ['Europe/Berlin', '2026-12-01T10:00', '2026-12-01T09:00:00.000Z'],
    ['America/New_York', '2026-03-08T10:00', '2026-03-08T14:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01T00:00', '2025-12-31T18:15:00.000Z'],
    ['Australia/Lord_Howe', '2026-01-01T12:00', '2026-01-01T01:00:00.000Z'],
  ])('%s: %s is %s', (name, wall, instant) => {
    expect(new Date(zone(name).toInstant(at(wall))).toISOString()).toBe(instant);
    expect(wallText(zone(name).toWall(Date.parse(instant)))).toBe(wall);
  });

  test('a time that the clocks skip counts on from before the change', () => {
    expect(zone('Europe/Berlin').toInstant(at('2026-03-29T02:30'))).toBe(Date.parse('2026-03-29T01:30Z'));
    expect(wallText(zone('Europe/Berlin').toWall(Date.parse('2026-03-29T01:30Z')))).toBe('2026-03-29T03:30');
  });

  test('a time that comes twice is the first one', () => {
    expect(zone('Europe/Berlin').toInstant(at('2026-10-25T02:30'))).toBe(Date.parse('2026-10-25T00:30Z'));
    expect(zone('America/New_York').toInstant(at('2026-11-01T01:30'))).toBe(Date.parse('2026-11-01T05:30Z'));
  });

  test('there and back is the same moment, but for the hour that comes twice', () => {
    const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), instant, (name, moment) => {
        const back = zone(name).toInstant(zone(name).toWall(moment));
        expect([0, 30 * MINUTE, HOUR]).toContain(moment - back);
        expect(zone(name).toWall(back)).toBe(zone(name).toWall(moment));
      }),
    );
  });

  test.each(['Europe/Atlantis', '+02:00', '', 'constructor'])('%j is no zone', (name) => {
    expect(ianaZone(name)).toBeUndefined();
  });
});

describe('dates and times as text', () => {
  test.each(['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', ''])('%j is no date', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test.each(['24:30', '9:30', '12:60', 'noon'])('%j is no time', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test('29 February is a date in leap years only', () => {
    expect(parseDate('2028-02-29')).toBeDefined();
    expect(parseDate('2026-02-29')).toBeUndefined();
    expect(parseDate('2100-02-29')).toBeUndefined();
  });
});
