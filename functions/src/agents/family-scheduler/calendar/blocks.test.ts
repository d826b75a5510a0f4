import { describe, expect, test } from 'vitest';
import { parseWall, wallText } from '../time/wall.ts';
import type { Zone } from '../time/zone.ts';
import { blocksWithin } from './blocks.ts';
import { readCalendar, zoneNamed } from './calendar.ts';
import { TooManyRepetitions } from './rule.ts';

const BERLIN = zoneNamed('Europe/Berlin');

/** `2026-03-27T10:00–11:00 Title` for each occurrence, as clocks in `zone` show it. */
function happens(events: string, from: string, to: string, zone: Zone = BERLIN, parts = ''): string[] {
  const ics = `BEGIN:VCALENDAR\nVERSION:2.0\n${parts}\n${events.trim()}\nEND:VCALENDAR`.replaceAll(
    /\n+/g,
    '\r\n',
  );
  const calendar = readCalendar(ics, [], zone);
  expect(calendar.problems).toEqual([]);
  const at = (text: string) => zone.toInstant(parseWall(`${text}T00:00`) ?? Number.NaN);
  return blocksWithin(calendar.entries, { start: at(from), end: at(to) }).map(
    ({ start, end, title }) =>
      `${wallText(zone.toWall(start))}–${wallText(zone.toWall(end)).slice(11)} ${title}`,
  );
}

const event = (lines: string) => `BEGIN:VEVENT\nUID:e1\nSUMMARY:Choir\n${lines.trim()}\nEND:VEVENT`;

describe('daylight saving', () => {
  const weekly = event(
    'DTSTART;TZID=Europe/Berlin:20260101T100000\nDTEND;TZID=Europe/Berlin:20260101T110000\nRRULE:FREQ=WEEKLY',
  );

  test('a weekly event stays at its time on the clock, in spring and in autumn', () => {
    expect(happens(weekly, '2026-03-26', '2026-04-03')).toEqual([
      '2026-03-26T10:00–11:00 Choir',
      '2026-04-02T10:00–11:00 Choir',
    ]);
    expect(happens(weekly, '2026-10-22', '2026-10-30')).toEqual([
      '2026-10-22T10:00–11:00 Choir',
      '2026-10-29T10:00–11:00 Choir',
    ]);
  });

  test('seen from another country it moves when only one of them changes its clocks', () => {
    // New York changes on 8 March 2026, Berlin on 29 March.
    expect(happens(weekly, '2026-03-05', '2026-04-03', zoneNamed('America/New_York'))).toEqual([
      '2026-03-05T04:00–05:00 Choir',
      '2026-03-12T05:00–06:00 Choir',
      '2026-03-19T05:00–06:00 Choir',
      '2026-03-26T05:00–06:00 Choir',
      '2026-04-02T04:00–05:00 Choir',
    ]);
  });

  test('in UTC it moves on the clock instead', () => {
    const utc = event('DTSTART:20260101T090000Z\nDTEND:20260101T100000Z\nRRULE:FREQ=WEEKLY');
    expect(happens(utc, '2026-03-26', '2026-04-03')).toEqual([
      '2026-03-26T10:00–11:00 Choir',
      '2026-04-02T11:00–12:00 Choir',
    ]);
  });

  test('at an hour that is skipped it is an hour later, that day only', () => {
    const night = event(
      'DTSTART;TZID=Europe/Berlin:20260327T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=4',
    );
    expect(happens(night, '2026-03-27', '2026-04-01')).toEqual([
      '2026-03-27T02:30–03:00 Choir',
      '2026-03-28T02:30–03:00 Choir',
      '2026-03-29T03:30–04:00 Choir',
      '2026-03-30T02:30–03:00 Choir',
    ]);
  });

  test('a whole day lasts from midnight to midnight, though it has 23 or 25 hours', () => {
    const day = event('DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;COUNT=2');
    const long = event('DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026');
    expect(happens(day, '2026-03-28', '2026-03-31')).toEqual([
      '2026-03-28T00:00–00:00 Choir',
      '2026-03-29T00:00–00:00 Choir',
    ]);
    expect(happens(long, '2026-10-25', '2026-10-27')).toEqual(['2026-10-24T00:00–00:00 Choir']);
  });

  test('a DURATION of a day ends at the same time on the clock, one of 24 hours does not', () => {
    const start = 'DTSTART;TZID=Europe/Berlin:20260328T120000\n';
    expect(happens(event(`${start}DURATION:P1D`), '2026-03-28', '2026-03-30')).toEqual([
      '2026-03-28T12:00–12:00 Choir',
    ]);
    expect(happens(event(`${start}DURATION:PT24H`), '2026-03-28', '2026-03-30')).toEqual([
      '2026-03-28T12:00–13:00 Choir',
    ]);
  });
});

describe('time zones of the file', () => {
  test('times without a zone are meant at home', () => {
    const floating = event('DTSTART:20260701T100000\nDURATION:PT1H');
    expect(happens(floating, '2026-07-01', '2026-07-02')).toEqual(['2026-07-01T10:00–11:00 Choir']);
    expect(happens(floating, '2026-07-01', '2026-07-02', zoneNamed('Asia/Tokyo'))).toEqual([
      '2026-07-01T10:00–11:00 Choir',
    ]);
  });

  test('a zone that only the file knows, by its VTIMEZONE', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Customized Time Zone',
      'BEGIN:STANDARD',
      'DTSTART:19701025T030000',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'TZOFFSETFROM:+0300',
      'TZOFFSETTO:+0200',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:19700329T020000',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0300',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ].join('\n');
    const weekly = event(
      'DTSTART;TZID=Customized Time Zone:20260101T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY',
    );
    expect(happens(weekly, '2026-03-26', '2026-04-03', zoneNamed('UTC'), zone)).toEqual([
      '2026-03-26T08:00–09:00 Choir',
      '2026-04-02T07:00–08:00 Choir',
    ]);
  });

  test('a path before the name of a zone', () => {
    const long = event('DTSTART;TZID=/example.org/20250101/America/New_York:20260701T100000\nDURATION:PT1H');
    expect(happens(long, '2026-07-01', '2026-07-02')).toEqual(['2026-07-01T16:00–17:00 Choir']);
  });

  test('a zone that nobody knows -> home, and it is said', () => {
    const ics = `BEGIN:VCALENDAR\n${event('DTSTART;TZID=Middle Earth:20260701T100000\nDURATION:PT1H')}\nEND:VCALENDAR`;
    const { problems, entries } = readCalendar(ics, [], BERLIN);
    expect(problems).toEqual([expect.stringContaining('“Middle Earth” is not known')]);
    expect(entries).toHaveLength(1);
  });

  test('home is what the calendar says, if the person does not', () => {
    const ics = 'BEGIN:VCALENDAR\nX-WR-TIMEZONE:Australia/Sydney\nEND:VCALENDAR';
    expect(readCalendar(ics, []).zone.id).toBe('Australia/Sydney');
    expect(readCalendar(ics, [], BERLIN).zone.id).toBe('Europe/Berlin');
  });
});

describe('what does not happen, or differently', () => {
  const daily = 'DTSTART;TZID=Europe/Berlin:20261116T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n';
  const days = (list: string[]) => list.map((text) => text.slice(8, 16));

  test('EXDATE: in the zone, in UTC, or as a day', () => {
    for (const line of [
      'EXDATE;TZID=Europe/Berlin:20261117T100000,20261119T100000',
      'EXDATE:20261117T090000Z\nEXDATE:20261119T090000Z',
      'EXDATE;VALUE=DATE:20261117,20261119',
    ]) {
      expect(days(happens(event(daily + line), '2026-11-16', '2026-11-23'))).toEqual([
        '16T10:00',
        '18T10:00',
        '20T10:00',
      ]);
    }
  });

  test('RDATE adds occurrences, also with a length of their own, and none twice', () => {
    const more = event(
      `DTSTART:20261116T100000\nDURATION:PT1H\nRDATE:20261118T120000,20261116T100000\nRDATE;VALUE=PERIOD:20261119T100000/PT3H`,
    );
    expect(happens(more, '2026-11-16', '2026-11-23')).toEqual([
      '2026-11-16T10:00–11:00 Choir',
      '2026-11-18T12:00–13:00 Choir',
      '2026-11-19T10:00–13:00 Choir',
    ]);
  });

  test('UNTIL in UTC is compared on the clocks of the event', () => {
    const until = event(
      'DTSTART;TZID=Europe/Berlin:20261116T003000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261117T233000Z',
    );
    expect(days(happens(until, '2026-11-16', '2026-11-23'))).toEqual(['16T00:30', '17T00:30', '18T00:30']);
  });

  test('RECURRENCE-ID: one occurrence moved into the window, one renamed, one cancelled', () => {
    const changes = [
      'BEGIN:VEVENT\nUID:e1\nSUMMARY:Concert\nRECURRENCE-ID;TZID=Europe/Berlin:20261117T100000\nDTSTART;TZID=Europe/Berlin:20261122T190000\nDURATION:PT2H\nEND:VEVENT',
      'BEGIN:VEVENT\nUID:e1\nSUMMARY:Choir\nRECURRENCE-ID:20261118T090000Z\nDTSTART:20261118T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED\nEND:VEVENT',
    ].join('\n');
    expect(happens(`${event(daily)}\n${changes}`, '2026-11-16', '2026-11-23')).toEqual([
      '2026-11-16T10:00–11:00 Choir',
      '2026-11-19T10:00–11:00 Choir',
      '2026-11-20T10:00–11:00 Choir',
      '2026-11-22T19:00–21:00 Concert',
    ]);
  });

  test('RANGE=THISANDFUTURE moves that occurrence and all after it, over the change of clocks', () => {
    const weekly = 'DTSTART;TZID=Europe/Berlin:20260312T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4';
    const change =
      'BEGIN:VEVENT\nUID:e1\nSUMMARY:Late choir\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260326T100000\nDTSTART;TZID=Europe/Berlin:20260326T180000\nDURATION:PT2H\nEND:VEVENT';
    expect(happens(`${event(weekly)}\n${change}`, '2026-03-01', '2026-05-01')).toEqual([
      '2026-03-12T10:00–11:00 Choir',
      '2026-03-19T10:00–11:00 Choir',
      '2026-03-26T18:00–20:00 Late choir',
      '2026-04-02T18:00–20:00 Late choir',
    ]);
  });

  test('of two versions the one with the higher SEQUENCE counts, wherever it stands', () => {
    const newer = event('SEQUENCE:3\nDTSTART:20261116T120000\nDURATION:PT1H');
    const older = event('SEQUENCE:2\nDTSTART:20261116T090000\nDURATION:PT1H');
    for (const both of [`${newer}\n${older}`, `${older}\n${newer}`]) {
      expect(happens(both, '2026-11-16', '2026-11-17')).toEqual(['2026-11-16T12:00–13:00 Choir']);
    }
  });

  test('a cancelled event does not happen; one that began before the window does', () => {
    expect(happens(event(`${daily}STATUS:CANCELLED`), '2026-11-16', '2026-11-23')).toEqual([]);
    const night = event('DTSTART:20261116T220000\nDURATION:PT8H');
    expect(happens(night, '2026-11-17', '2026-11-18')).toEqual(['2026-11-16T22:00–06:00 Choir']);
  });
});

describe('calendars that are hostile or broken', () => {
  test('an event that cannot be read is left out, and said; the others stay', () => {
    const ics = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:bad\nDTSTART:garbage\nEND:VEVENT\n${event('DTSTART:20261116T100000')}\nEND:VCALENDAR`;
    const { entries, problems } = readCalendar(ics, [], BERLIN);
    expect(entries.map(({ uid }) => uid)).toEqual(['e1']);
    expect(problems).toEqual([expect.stringMatching(/an event was left out/)]);
  });

  test('rules that would never come to an end are followed within bounds', () => {
    const rules = [
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY;INTERVAL=1000000000',
      'FREQ=SECONDLY',
      'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    ];
    const events = rules.map((rule, i) =>
      event(`DTSTART:19000101T100000\nRRULE:${rule}`).replace('UID:e1', `UID:r${i}`),
    );
    const { entries } = readCalendar(`BEGIN:VCALENDAR\n${events.join('\n')}\nEND:VCALENDAR`, [], BERLIN);
    const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 11, 1) };
    expect(blocksWithin(entries, window)).toEqual([]);
  });

  test.each([
    `RRULE:FREQ=DAILY;BYHOUR=${[...Array(24).keys()].join(',')};BYMINUTE=${[...Array(60).keys()].join(',')}`,
    'RRULE:FREQ=DAILY\nDURATION:P99999999D',
  ])('%.40s… is refused', (lines) => {
    const { entries } = readCalendar(
      `BEGIN:VCALENDAR\n${event(`DTSTART:20261101T100000\n${lines}`)}\nEND:VCALENDAR`,
      [],
      BERLIN,
    );
    const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 11, 1) };
    expect(() => blocksWithin(entries, window)).toThrow(TooManyRepetitions);
  });

  test('thousands of daily events with counts from long ago are refused rather than followed', () => {
    const one = (i: number) =>
      event('DTSTART:00010101T100000\nRRULE:FREQ=DAILY;COUNT=9999999').replace('UID:e1', `UID:r${i}`);
    const events = Array.from({ length: 20 }, (_, i) => one(i));
    const { entries } = readCalendar(`BEGIN:VCALENDAR\n${events.join('\n')}\nEND:VCALENDAR`, [], BERLIN);
    const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 11, 1) };
    expect(() => blocksWithin(entries, window)).toThrow(TooManyRepetitions);
  });
});
