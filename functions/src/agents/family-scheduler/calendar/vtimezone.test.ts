import { assert, integer, property } from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { HOUR } from '../time/wall.ts';
import type { Zone } from '../time/zone.ts';
import { zoneNamed } from './calendar.ts';
import { describedZone } from './vtimezone.ts';

interface Part {
  name: 'STANDARD' | 'DAYLIGHT';
  start: string;
  from: string;
  to: string;
  more?: string;
}

function zone(...parts: Part[]): Zone | undefined {
  const lines = parts.flatMap(({ name, start, from, to, more = '' }) => [
    `BEGIN:${name}`,
    `DTSTART:${start}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    ...(more === '' ? [] : [more]),
    `END:${name}`,
  ]);
  const text = ['BEGIN:VTIMEZONE', 'TZID:Here', ...lines, 'END:VTIMEZONE'].join('\r\n');
  return describedZone('Here', new ICAL.Component(ICAL.parse(text)));
}

function required(found: Zone | undefined): Zone {
  if (found === undefined) throw new Error('It is no zone.');
  return found;
}
const showsAt = (found: Zone, iso: string) =>
  new Date(found.toWall(Date.parse(iso))).toISOString().slice(0, 16);

describe('zones that a file describes', () => {
  test('the rules of New York, old and new, are its zone', () => {
    const found = required(
      zone(
        {
          name: 'DAYLIGHT',
          start: '19870405T020000',
          from: '-0500',
          to: '-0400',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z',
        },
        {
          name: 'STANDARD',
          start: '19871025T020000',
          from: '-0400',
          to: '-0500',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z',
        },
        {
          name: 'DAYLIGHT',
          start: '20070311T020000',
          from: '-0500',
          to: '-0400',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
        },
        {
          name: 'STANDARD',
          start: '20071104T020000',
          from: '-0400',
          to: '-0500',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU',
        },
      ),
    );
    const real = zoneNamed('America/New_York');
    assert(
      property(integer({ min: Date.UTC(1988, 0), max: Date.UTC(2040, 0) }), (at) => {
        expect(found.toWall(at)).toBe(real.toWall(at));
        expect(found.toInstant(found.toWall(at))).toBe(real.toInstant(real.toWall(at)));
      }),
      { numRuns: 500 },
    );
  });

  test('a rule that has ended stays as it ended', () => {
    const found = required(
      zone(
        {
          name: 'DAYLIGHT',
          start: '20000326T020000',
          from: '+0200',
          to: '+0300',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20160327T000000Z',
        },
        {
          name: 'STANDARD',
          start: '20001029T030000',
          from: '+0300',
          to: '+0200',
          more: 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20151025T000000Z',
        },
      ),
    );
    expect(showsAt(found, '2015-12-01T00:00Z')).toBe('2015-12-01T02:00');
    expect(showsAt(found, '2016-12-01T00:00Z')).toBe('2016-12-01T03:00');
    expect(showsAt(found, '2030-12-01T00:00Z')).toBe('2030-12-01T03:00');
  });

  test('one offset for ever, single onsets by RDATE, and the time before the first', () => {
    const fixed = required(zone({ name: 'STANDARD', start: '19700101T000000', from: '+0545', to: '+0545' }));
    expect(fixed.toWall(0)).toBe(5.75 * HOUR);
    const moved = required(
      zone(
        { name: 'STANDARD', start: '20100101T000000', from: '+0100', to: '+0200' },
        {
          name: 'DAYLIGHT',
          start: '20200101T000000',
          from: '+0200',
          to: '+0300',
          more: 'RDATE:20250101T000000',
        },
      ),
    );
    expect(showsAt(moved, '2009-06-01T00:00Z')).toBe('2009-06-01T01:00');
    expect(showsAt(moved, '2015-06-01T00:00Z')).toBe('2015-06-01T02:00');
    expect(showsAt(moved, '2026-06-01T00:00Z')).toBe('2026-06-01T03:00');
  });

  test.each(['FREQ=SECONDLY', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=MONTHLY;INTERVAL=12'])(
    'a rule that no zone has (%s) -> no zone, and no hang',
    (rule) => {
      expect(
        zone({
          name: 'STANDARD',
          start: '19700101T000000',
          from: '+0100',
          to: '+0200',
          more: `RRULE:${rule}`,
        }),
      ).toBeUndefined();
    },
  );

  test('a yearly rule that never comes about is followed within bounds', () => {
    const found = required(
      zone({
        name: 'STANDARD',
        start: '16010101T000000',
        from: '+0100',
        to: '+0200',
        more: 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      }),
    );
    expect(showsAt(found, '2026-06-01T00:00Z')).toBe('2026-06-01T02:00');
  });

  test('nothing in it -> no zone', () => {
    expect(zone()).toBeUndefined();
  });
});
