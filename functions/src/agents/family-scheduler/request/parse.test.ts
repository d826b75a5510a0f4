import { assert, constantFrom, array, property, string } from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCalendar, zoneNamed } from '../calendar/calendar.ts';
import { parseWall } from '../time/wall.ts';
import { parseRequest } from './parse.ts';
import { wishSchema } from './wish.ts';

const ics = readFileSync(new URL('../calendar/family.ics', import.meta.url), 'utf8');
const { household } = readCalendar(ics, [], zoneNamed('Europe/Berlin'));
/** A Wednesday. */
const WEDNESDAY = '2026-11-18T09:00';

const parse = (text: string, now = WEDNESDAY) => parseRequest(text, parseWall(now) ?? Number.NaN, household);
const ALL = 'Anna Ben Tom Mia';

/** `when | minutes | title | people | resources`, of which the last may be left out. */
function shown(text: string, now?: string): string {
  const { kind, start, from, to, earliest, latest, weekdays, minutes, title, people, resources } = parse(
    text,
    now,
  );
  const hours = earliest === null && latest === null ? '' : ` ${earliest ?? ''}-${latest ?? ''}`;
  const days = weekdays.length === 0 ? '' : ` [${weekdays.join('')}]`;
  const when = kind === 'book' ? (start ?? '') : `${from ?? ''}..${to ?? ''}${hours}${days}`;
  return [when, minutes, title, people.join(' '), resources.join(' ')].join(' | ').replace(/ \| $/, '');
}

describe('requests with a day and a time', () => {
  test.each([
    [
      'Book a swimming lesson for Mia on Saturday at 10 for an hour; we need the car',
      '2026-11-21T10:00 | 60 | Swimming lesson | Mia | Car',
    ],
    ['Dentist for Tom next Tuesday 15:30, 45 min', '2026-11-24T15:30 | 45 | Dentist | Tom'],
    ["Can you please schedule Mia's haircut tomorrow at 4pm?", '2026-11-19T16:00 | 60 | Haircut | Mia'],
    [
      "Tom and Mia: birthday party at Leo's on Sunday from 2 to 5pm",
      "2026-11-22T14:00 | 180 | Birthday party at Leo's | Tom Mia",
    ],
    [
      "Parents' evening at school on November 26th at 19:00 for Anna and Ben",
      "2026-11-26T19:00 | 60 | Parents' evening at school | Anna Ben",
    ],
    [
      'Book the kitchen on Sunday from 10 to 12 for baking cookies with Mia',
      '2026-11-22T10:00 | 120 | Baking cookies | Mia | Kitchen',
    ],
    ['Add "Pay rent" on the 1st at 9', '2026-12-01T09:00 | 60 | Pay rent | you'],
    [
      'vet appointment for the dog on 24.11. at 8:30',
      '2026-11-24T08:30 | 60 | Vet appointment for the dog | you',
    ],
    ['Call with grandma tonight at 7', '2026-11-18T19:00 | 60 | Call with grandma | you'],
    [
      'Movie night for the whole family on Friday at 7 for two hours',
      `2026-11-20T19:00 | 120 | Movie night | ${ALL}`,
    ],
    ['Lunch with a friend tomorrow at noon', '2026-11-19T12:00 | 60 | Lunch with a friend | you'],
    ['Orthodontist for Tom in two weeks at 3:15 pm', '2026-12-02T15:15 | 60 | Orthodontist | Tom'],
    ['Piano recital on 12 December at 17h for 1.5 hours', '2026-12-12T17:00 | 90 | Piano recital | you'],
    ['Haircut for Ben at half past 5 on Monday', '2026-11-23T17:30 | 60 | Haircut | Ben'],
    ['Book a table for dinner on Saturday at 7:30', '2026-11-21T19:30 | 60 | Table for dinner | you'],
    [
      'Put a parent-teacher conference into the calendar on Dec 4, 2026 at 14:00 for 20 minutes',
      '2026-12-04T14:00 | 20 | Parent-teacher conference | you',
    ],
    ['Car service on Monday at 8', '2026-11-23T08:00 | 60 | Car service | you'],
    ['Yoga for Anna at 6:30 am tomorrow', '2026-11-19T06:30 | 60 | Yoga | Anna'],
    ['Dentist for Ben 3/12 at 9', '2026-12-03T09:00 | 60 | Dentist | Ben'],
    ['Family dinner Friday 7pm', `2026-11-20T19:00 | 60 | Family dinner | ${ALL}`],
    ['Haircut Mia Tuesday 10', '2026-11-24T10:00 | 60 | Haircut | Mia'],
    ['Ballet rehearsal for Mia tomorrow 10-11:30', '2026-11-19T10:00 | 90 | Ballet rehearsal | Mia'],
    ['We need the car on Thursday from 18:00 to 19:30', '2026-11-19T18:00 | 90 | Car | you | Car'],
    ['Zahnarzt for Tom on 2026-11-27 at 8', '2026-11-27T08:00 | 60 | Zahnarzt | Tom'],
    ['breakfast with the kids on Sunday at 8', '2026-11-22T08:00 | 60 | Breakfast | Tom Mia'],
    [
      'Swim meet for Tom on Saturday, 28 November at 9.30 for 2 hours 30 minutes',
      '2026-11-28T09:30 | 150 | Swim meet | Tom',
    ],
    ['Dentist at 2 for Mia the day after tomorrow', '2026-11-20T14:00 | 60 | Dentist | Mia'],
    ['please book me a haircut at 11 on the 25th', '2026-11-25T11:00 | 60 | Haircut | you'],
    [
      'School play for Mia Friday next week at quarter to 6, an hour and a half',
      '2026-11-27T17:45 | 90 | School play | Mia',
    ],
    [
      'Bring the car to the garage on Monday at 9',
      '2026-11-23T09:00 | 60 | Bring the car to the garage | you | Car',
    ],
    ['Mia has a birthday party next Saturday from 3 to 6', '2026-11-28T15:00 | 180 | Birthday party | Mia'],
    ['Remind me to call grandma at 5pm', '2026-11-18T17:00 | 60 | Call grandma | you'],
    ['Study group for Tom on Mon at 16:30 until 18:00', '2026-11-23T16:30 | 90 | Study group | Tom'],
    ['Theater with Anna on 12.12.2026 at 19.30 for 2.5 hours', '2026-12-12T19:30 | 150 | Theater | Anna'],
    ['Reserve the car for Ben on Thursday 7-9 pm', '2026-11-19T19:00 | 120 | Car | Ben | Car'],
  ])('%s', (text, expected) => {
    expect(parse(text).kind).toBe('book');
    expect(shown(text)).toBe(expected);
  });

  test.each([
    ['School trip for Tom on 2026-12-03 all day', 1, '2026-12-03', 'School trip'],
    ['Camping with the kids from Friday to Sunday', 3, '2026-11-20', 'Camping'],
    ['Visit to grandma from 27 to 29 December', 3, '2026-12-27', 'Visit to grandma'],
    ['Skiing for the whole family 30 December - 2 January', 4, '2026-12-30', 'Skiing'],
  ])('%s -> %i whole days', (text, days, date, title) => {
    const wish = { kind: 'book', all_day: true, minutes: days * 1440, start: `${date}T00:00`, title };
    expect(parse(text)).toMatchObject(wish);
  });
});

describe('requests that leave the time open', () => {
  test.each([
    [
      'Find an hour for a family dinner next week in the evening',
      `2026-11-23..2026-11-29 17:00-22:00 | 60 | Family dinner | ${ALL}`,
    ],
    [
      'Find 90 minutes for grocery shopping this weekend, we need the car',
      '2026-11-18..2026-11-22 [60] | 90 | Grocery shopping | you | Car',
    ],
    [
      'Find a time for a bike ride with the kids next weekend',
      '2026-11-23..2026-11-29 [60] | 60 | Bike ride | Tom Mia',
    ],
    [
      'Plumber comes on Friday between 8 and 10',
      '2026-11-20..2026-11-20 08:00-10:00 | 60 | Plumber comes | you',
    ],
    [
      "I'd like to have coffee with Lena next Thursday afternoon",
      '2026-11-26..2026-11-26 12:00-18:00 | 60 | Coffee | Lena',
    ],
    [
      'Find half an hour for Ben and Anna after work, not on Friday',
      '2026-11-18..2026-12-02 17:00-22:00 [012346] | 30 | Appointment | Anna Ben',
    ],
    [
      'Meet the teacher next week Tuesday or Thursday after school for 30 minutes',
      '2026-11-23..2026-11-29 15:00-19:00 [24] | 30 | Meet the teacher | you',
    ],
    [
      'Could we find two hours for baking before Sunday in the kitchen?',
      '2026-11-18..2026-11-21 | 120 | Baking | you | Kitchen',
    ],
    [
      'Christmas shopping for Anna on a weekday morning, 3 hours, needs the car',
      '2026-11-19..2026-12-02 07:00-12:00 [12345] | 180 | Christmas shopping | Anna | Car',
    ],
    ['Swimming with Mia on Sunday morning', '2026-11-22..2026-11-22 07:00-12:00 | 60 | Swimming | Mia'],
    [
      'Find an hour next month for a family photo session',
      `2026-12-01..2026-12-31 | 60 | Family photo session | ${ALL}`,
    ],
    ['When can we have a family meeting this week?', `2026-11-18..2026-11-22 | 60 | Family meeting | ${ALL}`],
    [
      "Find an hour for Tom's homework before 6pm in the next 3 days",
      '2026-11-18..2026-11-21 -18:00 | 60 | Homework | Tom',
    ],
    [
      'Doctor for Mia by Friday, 20 minutes, before noon',
      '2026-11-18..2026-11-20 -12:00 | 20 | Doctor | Mia',
    ],
    [
      'Find a slot for a 45 minute walk with grandma on Thursday or Friday',
      '2026-11-19..2026-11-25 [45] | 45 | Walk with grandma | you',
    ],
    [
      'Board games next week at 18:00 for everyone, 2 hours',
      `2026-11-23..2026-11-29 18:00-20:00 | 120 | Board games | ${ALL}`,
    ],
    [
      'I need to take Mia to the doctor tomorrow morning',
      '2026-11-19..2026-11-19 07:00-12:00 | 60 | Doctor | Mia',
    ],
    [
      'Can Anna have the car on Friday evening?',
      '2026-11-20..2026-11-20 17:00-22:00 | 60 | Car | Anna | Car',
    ],
    [
      'Find time to bake cookies with Mia and Tom before next Sunday, kitchen needed',
      '2026-11-18..2026-11-21 | 60 | Bake cookies | Tom Mia | Kitchen',
    ],
  ])('%s', (text, expected) => {
    expect(parse(text).kind).toBe('find');
    expect(shown(text)).toBe(expected);
  });

  test('what is preferred is no must', () => {
    const wish = parse(
      'Find an hour for Ben and Tom next week, preferably on Wednesday or Friday, ideally in the morning',
    );
    expect(wish).toMatchObject({
      weekdays: [],
      earliest: null,
      preferred: { weekdays: [3, 5], earliest: '07:00', latest: '12:00' },
    });
  });

  test('nothing is assumed silently', () => {
    expect(parse('Book a haircut for Ben').notes).toEqual([
      'No day was named: the next two weeks are searched.',
      'No length was given: 60 minutes.',
    ]);
    expect(parse('Dentist for Tom next Tuesday 15:30, 45 min').notes).toEqual([]);
  });
});

describe('other requests', () => {
  test.each([
    ["What's on for Mia on Saturday?", '2026-11-21..2026-11-21', ['Mia'], []],
    ['Is the car free on Saturday morning?', '2026-11-21..2026-11-21', [], ['Car']],
    ['Who is free tomorrow afternoon?', '2026-11-19..2026-11-19', [], []],
    ['Show me the calendar for next week', '2026-11-23..2026-11-29', [], []],
    ['What is planned for Ben on Thursday?', '2026-11-19..2026-11-19', ['Ben'], []],
    ['do we have anything planned tomorrow?', '2026-11-19..2026-11-19', [], []],
    ['What happened yesterday?', '2026-11-17..2026-11-17', [], []],
    ['Where is Mia on Friday at 4?', '2026-11-20..2026-11-20', ['Mia'], []],
    ['When is everyone free on Sunday?', '2026-11-22..2026-11-22', ALL.split(' '), []],
    ['What do we have on?', '2026-11-18..2026-11-24', [], []],
  ])('%s -> the plans of those days', (text, days, people, resources) => {
    const wish = parse(text);
    expect(wish).toMatchObject({ kind: 'agenda', people, resources });
    expect(`${wish.from}..${wish.to}`).toBe(days);
  });

  test.each([
    ['hello', undefined],
    ['How are you?', undefined],
    ['what is the meaning of life', undefined],
    ['???', undefined],
    ['book', undefined],
    ['Every Tuesday at 4pm piano for Mia', /not ones that repeat/],
    ['Cancel the dentist', /cannot change or cancel/],
    ['Please move football to Sunday', /cannot change or cancel/],
  ])('%s -> not booked', (text, reason) => {
    const { kind, notes } = parse(text);
    expect(kind).toBe('unclear');
    if (reason !== undefined) expect(notes[0]).toMatch(reason);
  });
});

describe('any text', () => {
  const words = constantFrom(
    'book',
    'find',
    'on',
    'at',
    'Saturday',
    'next',
    'week',
    'for',
    'Mia',
    'and',
    '10',
    '25:99',
    'pm',
    'an',
    'hour',
    'half',
    'the',
    'car',
    'between',
    'to',
    '-',
    '31.02.',
    '99/99',
    '2026-13-45',
    'in',
    'days',
    'not',
    'preferably',
    ',',
    '"',
    '’',
  );

  test('is understood as a valid wish or not at all, quickly', () => {
    assert(
      property(array(words, { maxLength: 30 }), (parts) => {
        const wish = parse(parts.join(' '));
        expect(wishSchema.parse(wish)).toEqual(wish);
        expect(wish.kind === 'book').toBe(wish.start !== null);
      }),
    );
    assert(
      property(string({ unit: 'binary', maxLength: 300 }), (text) => void wishSchema.parse(parse(text))),
    );
  });

  test.each([
    ' '.repeat(5_000),
    'and '.repeat(2_000),
    '1'.repeat(5_000),
    '10 - '.repeat(1_000),
    'the '.repeat(2_000),
    'on Monday, '.repeat(800),
    'for Mia and '.repeat(600),
    'x-'.repeat(3_000),
    '" '.repeat(2_500),
  ])('a long repetition (%.12j) is read to its end', (text) => {
    // A pattern that backtracks would never be done with it.
    expect(wishSchema.safeParse(parse(`book ${text}`)).success).toBe(true);
  });
});
