import { describe, expect, test } from 'vitest';
import { Household, NOW } from './testing.ts';

describe('calendars, clocks and zones', () => {
  const own = [
    'BEGIN:VCALENDAR',
    'X-WR-TIMEZONE:America/New_York',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:Meeting',
    'DTSTART;TZID=America/New_York:20261119T100000',
    'DURATION:PT1H',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');

  test('one`s own calendar, in its own zone; the text does not stay in the state', async () => {
    const home = new Household();
    const talk = await home.ask('Haircut tomorrow at 10:30', {
      calendar: own,
      time_zone: null,
      now: '2026-11-18T14:00:00Z',
    });
    expect(talk.question.question).toContain('you have Meeting (10:00–11:00)');
    expect(talk.state.calendar).toBeNull();
    expect(talk.state.clock.zone).toBe('America/New_York');
    await talk.answer('at-2026-11-19T11:00');
    // 11:00 in New York
    expect(talk.state.ics).toContain('DTSTART:20261119T160000Z');
    const later = await home.ask('Haircut tomorrow at 11:15', { time_zone: 'America/New_York' });
    expect(later.question.question).toContain('Haircut (11:00–12:00)');
  });

  test.each([
    ['hello', /no iCalendar text/],
    [{}, /must be the text/],
    ['BEGIN:VCALENDAR\nx', /cannot be read/],
  ])('calendar %j -> an error that says why, and nothing is kept', async (calendar, reason) => {
    const home = new Household();
    await expect(home.ask('Dentist tomorrow at 3', { calendar })).rejects.toThrow(reason);
    expect((await home.ask('hello')).state.household.people).toHaveLength(4);
  });

  test.each([
    [{ time_zone: 'Mars/Base' }, /no time zone "Mars\/Base"/],
    [{ now: 'soon' }, /"now" must be a time/],
  ])('input %j -> an error that says what would do', async (input, reason) => {
    await expect(new Household().ask('Dentist tomorrow at 3', input)).rejects.toThrow(reason);
  });

  test('a booking in the hour that the clocks skip is an hour later, and the answer says so', async () => {
    const home = new Household();
    const talk = await home.ask('Star gazing for Anna on 2026-03-29 at 02:30, 30 minutes', {
      now: '2026-03-27T10:00',
    });
    expect(talk.said).toContain('Sunday 29 March, 03:30–04:00');
    expect(talk.state.booking?.start).toBe(Date.parse('2026-03-29T01:30Z'));
  });

  test('time and zone may come with the configuration; without them the graph`s clock and the machine count', async () => {
    const home = new Household();
    const talk = home.on('t');
    Object.assign(talk.config.configurable, { now: '2027-01-05T09:00', time_zone: 'Asia/Tokyo' });
    await talk.ask('Dentist for Tom tomorrow at 15:30', { now: undefined, time_zone: undefined });
    expect(talk.said).toContain('Wednesday 6 January, 15:30');
    expect(talk.state.clock).toEqual({
      now: Date.parse('2027-01-05T00:00Z'),
      zone: 'Asia/Tokyo',
      fixed: true,
    });
    const plain = await home.ask('Dentist for Tom tomorrow at 15:30', {
      now: undefined,
      time_zone: undefined,
    });
    expect(plain.state.clock).toMatchObject({ now: Date.parse(`${NOW}Z`), fixed: false });
  });
});
