import { array, assert, constantFrom, integer, option, property, record, subarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../calendar/blocks.ts';
import { zoneNamed } from '../calendar/calendar.ts';
import type { Household, Person } from '../calendar/household.ts';
import { wishSchema, type Wish } from '../request/wish.ts';
import { overlaps, widen } from '../time/interval.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  parseTime,
  parseWall,
  startOfDay,
  timeOfDay,
  timeText,
  wallText,
  weekday,
} from '../time/wall.ts';
import { clashesOf, onlyBlock } from './clashes.ts';
import { alternatives, freeTimes } from './propose.ts';
import type { Situation } from './situation.ts';
import { judge } from './verdict.ts';

const zone = zoneNamed('Europe/Berlin');
const at = (text: string) => zone.toInstant(parseWall(text) ?? Number.NaN);
const NOW = at('2026-11-18T09:00');
const TRAVEL = 15 * MINUTE;

const mia: Person = { name: 'Mia', group: 'kids', bedtime: 20 * HOUR, work: null };
const ben: Person = { name: 'Ben', group: null, bedtime: null, work: { from: 9 * HOUR, to: 17 * HOUR } };
const car = { name: 'Car', travel: TRAVEL };
const household: Household = { people: [mia, ben], resources: [car] };

function block(start: string, minutes: number, names: Partial<Block> = {}): Block {
  const from = at(start);
  return {
    uid: start,
    title: 'Something',
    start: from,
    end: from + minutes * MINUTE,
    people: ['Mia'],
    resources: [],
    allDay: false,
    floating: false,
    transparent: false,
    flexible: false,
    occurrence: null,
    ...names,
  };
}

function situation(wish: Partial<Wish>, blocks: Block[] = [], parts: Partial<Situation> = {}): Situation {
  const whole = wishSchema.parse({
    kind: wish.start === undefined ? 'find' : 'book',
    title: 'X',
    people: ['Mia'],
    ...wish,
  });
  return { wish: whole, people: [mia], resources: [], blocks, now: NOW, zone, ...parts };
}
const starts = (slots: { start: number }[]) => slots.map(({ start }) => wallText(zone.toWall(start)));

describe('clashes', () => {
  const slot = { start: at('2026-11-21T10:00'), end: at('2026-11-21T11:00') };

  test.each([
    ['2026-11-21T09:00', 60, 0],
    ['2026-11-21T09:00', 61, 1],
    ['2026-11-21T11:00', 60, 0],
    ['2026-11-21T10:59', 60, 1],
    ['2026-11-21T10:15', 15, 1],
  ])('a person who is busy from %s for %i minutes: %i clashes', (start, minutes, count) => {
    expect(clashesOf(slot, situation({}, [block(start, minutes)]))).toHaveLength(count);
  });

  test('a thing needs its way before and after', () => {
    const uses = (start: string, minutes: number) =>
      clashesOf(
        slot,
        situation({}, [block(start, minutes, { people: [], resources: ['car'] })], { resources: [car] }),
      );
    expect(uses('2026-11-21T09:00', 45)).toEqual([]);
    expect(uses('2026-11-21T09:00', 50)).toEqual([
      expect.objectContaining({ kind: 'resource', name: 'Car', travel: TRAVEL }),
    ]);
    expect(uses('2026-11-21T11:10', 50)).toHaveLength(1);
    expect(uses('2026-11-21T11:15', 50)).toEqual([]);
  });

  test('what keeps nobody busy, and what others do, is no clash', () => {
    const blocks = [
      block('2026-11-21T10:00', 60, { transparent: true }),
      block('2026-11-21T10:00', 60, { people: ['Ben'] }),
      block('2026-11-21T10:00', 60, { people: [], title: 'Meeting' }),
    ];
    expect(clashesOf(slot, situation({}, blocks))).toEqual([]);
  });

  test('an event without people is theirs whom its title names, and the owner`s', () => {
    const blocks = [block('2026-11-21T10:00', 60, { people: [], title: "Mia's recital" })];
    expect(clashesOf(slot, situation({}, blocks))).toHaveLength(1);
    const you = { name: 'you', group: null, bedtime: null, work: null };
    expect(clashesOf(slot, situation({}, blocks, { people: [you] }))).toHaveLength(1);
    expect(clashesOf(slot, situation({}, blocks, { people: [ben] }))).toEqual([]);
  });

  test('several clashes with one event are with one event', () => {
    const shared = block('2026-11-21T10:00', 60, { resources: ['Car'] });
    const other = block('2026-11-21T10:30', 60);
    expect(onlyBlock(clashesOf(slot, situation({}, [shared], { resources: [car] })))).toBe(shared);
    expect(onlyBlock(clashesOf(slot, situation({}, [shared, other], { resources: [car] })))).toBeUndefined();
  });
});

describe('ranking', () => {
  const busy = block('2026-11-21T10:00', 60);

  test('the shortest move first, a day further at the same time before another time there', () => {
    expect(starts(alternatives(situation({ start: '2026-11-21T10:00' }, [busy])))).toEqual([
      '2026-11-21T09:00',
      '2026-11-21T11:00',
      '2026-11-20T10:00',
    ]);
  });

  test('days that are preferred', () => {
    const wish = { start: '2026-11-21T10:00', preferred: { weekdays: [0], earliest: null, latest: null } };
    const whole = [block('2026-11-21T07:00', 13 * 60)];
    expect(starts(alternatives(situation(wish, whole)))[0]).toBe('2026-11-22T10:00');
  });

  test('hours that are preferred', () => {
    const wish = {
      from: '2026-11-23',
      to: '2026-11-23',
      preferred: { weekdays: [], earliest: '16:00', latest: '18:00' },
    };
    expect(starts(freeTimes(situation(wish)))[0]).toBe('2026-11-23T16:00');
  });

  test('working hours are kept free where that is possible', () => {
    const wish = { from: '2026-11-23', to: '2026-11-23', people: ['Ben'] };
    const first = starts(freeTimes(situation(wish, [], { people: [ben] })))[0] ?? '';
    expect(first >= '2026-11-23T17:00' || first < '2026-11-23T09:00').toBe(true);
    const only = { ...wish, earliest: '10:00', latest: '12:00' };
    expect(starts(freeTimes(situation(only, [], { people: [ben] })))[0]).toBe('2026-11-23T10:00');
  });

  test('nobody is sent to bed late or out before seven', () => {
    const all = [
      ...alternatives(situation({ start: '2026-11-21T20:30' })),
      ...alternatives(situation({ start: '2026-11-21T05:00' })),
    ];
    for (const { start, end } of all) {
      expect(timeText(zone.toWall(start)) >= '07:00').toBe(true);
      expect(timeText(zone.toWall(end)) <= '20:00').toBe(true);
    }
  });
});

describe('any calendar', () => {
  const blocks = array(
    record({
      quarter: integer({ min: -200, max: 2_000 }),
      minutes: integer({ min: 5, max: 700 }),
      people: subarray(['Mia', 'Ben']),
      resources: subarray(['Car']),
    }),
    { maxLength: 60 },
  ).map((all) =>
    all.map(({ quarter, minutes, ...names }, i) => ({
      ...block('2026-11-18T00:00', 1, names),
      uid: `u${i}`,
      start: NOW + quarter * 15 * MINUTE,
      end: NOW + (quarter * 15 + minutes) * MINUTE,
    })),
  );
  const time = (from: number, to: number) =>
    integer({ min: from, max: to }).map((hour) => timeText(hour * HOUR));
  const wish = record({
    minutes: constantFrom(15, 45, 60, 120, 240),
    day: integer({ min: 0, max: 10 }),
    span: integer({ min: 0, max: 6 }),
    hour: integer({ min: 0, max: 23 }),
    earliest: option(time(6, 11)),
    latest: option(time(14, 22)),
    weekdays: subarray([0, 1, 2, 3, 4, 5, 6]),
  });
  const dated = ({ day, span }: { day: number; span: number }) => {
    const from = startOfDay(zone.toWall(NOW)) + day * DAY;
    return { from: wallText(from).slice(0, 10), to: wallText(from + span * DAY).slice(0, 10) };
  };
  const parts = { people: [mia, ben], resources: [car] };

  test('a free time keeps to all that was wished, and clashes with nothing', () => {
    assert(
      property(blocks, wish, (all, { minutes, earliest, latest, weekdays, ...days }) => {
        const { from, to } = dated(days);
        const about = situation({ minutes, earliest, latest, weekdays, from, to }, all, parts);
        const found = freeTimes(about);
        expect(found.length).toBeLessThanOrEqual(3);
        for (const slot of found) {
          const start = zone.toWall(slot.start);
          expect(clashesOf(slot, about)).toEqual([]);
          expect(slot.end - slot.start).toBe(minutes * MINUTE);
          expect(wallText(start).slice(0, 10) >= from && wallText(start).slice(0, 10) <= to).toBe(true);
          expect(timeOfDay(start)).toBeGreaterThanOrEqual(parseTime(earliest ?? '07:00') ?? 0);
          if (latest !== null)
            expect(timeOfDay(start) + minutes * MINUTE).toBeLessThanOrEqual(parseTime(latest) ?? 0);
          if (weekdays.length > 0) expect(weekdays).toContain(weekday(start));
        }
      }),
    );
  });

  test('an alternative clashes with nothing, and no two are close together', () => {
    assert(
      property(blocks, wish, (all, { minutes, hour, ...days }) => {
        const about = situation(
          { minutes, start: `${dated(days).from}T${timeText(hour * HOUR)}` },
          all,
          parts,
        );
        const found = alternatives(about);
        for (const [i, slot] of found.entries()) {
          expect(clashesOf(slot, about)).toEqual([]);
          for (const other of found.slice(i + 1))
            expect(overlaps(widen(slot, 29 * MINUTE), other)).toBe(false);
        }
      }),
    );
  });

  test('free means that nothing speaks against it, and a clash names what does', () => {
    assert(
      property(blocks, wish, (all, { minutes, hour, ...days }) => {
        const about = situation(
          { minutes, start: `${dated(days).from}T${timeText(hour * HOUR)}` },
          all,
          parts,
        );
        const verdict = judge(about, household);
        if (verdict.kind === 'free') expect(clashesOf(verdict.slot, about)).toEqual([]);
        if (verdict.kind === 'clash') expect(verdict.clashes).not.toEqual([]);
      }),
    );
  });

  test('an event that gives way goes where it disturbs nobody, not even the new one', () => {
    assert(
      property(blocks, (all) => {
        const flexible = block('2026-11-21T10:00', 60, { flexible: true, resources: ['Car'] });
        const about = situation({ start: '2026-11-21T10:30' }, [flexible, ...all], { resources: [car] });
        const verdict = judge(about, household);
        if (verdict.kind !== 'clash' || verdict.move === null) return;
        const { to } = verdict.move;
        const slot = verdict.slot ?? to;
        expect(overlaps(widen(to, TRAVEL), slot)).toBe(false);
        expect(to.end - to.start).toBe(HOUR);
        expect(clashesOf(to, { ...about, blocks: all })).toEqual([]);
      }),
    );
  });
});
