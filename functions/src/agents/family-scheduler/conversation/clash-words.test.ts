import { describe, expect, test } from 'vitest';
import type { Block } from '../calendar/blocks.ts';
import { zoneNamed } from '../calendar/calendar.ts';
import type { Clash } from '../planning/clashes.ts';
import { HOUR, MINUTE } from '../time/wall.ts';
import { clashWords } from './clash-words.ts';

const zone = zoneNamed('UTC');
const NOW = Date.parse('2026-11-18T09:00Z');

function block(title: string, start: string, hours = 1): Block {
  const from = Date.parse(`${start}Z`);
  const names = {
    people: [],
    resources: [],
    allDay: false,
    floating: false,
    transparent: false,
    flexible: false,
  };
  return { uid: title, title, start: from, end: from + hours * HOUR, occurrence: null, ...names };
}
const person = (name: string, at: Block): Clash => ({ kind: 'person', name, block: at });
const thing = (name: string, at: Block, travel = 0): Clash => ({ kind: 'resource', name, travel, block: at });
/** As they are read from a checkpoint. */
const said = (...clashes: Clash[]) =>
  clashWords(
    clashes.map((clash) => structuredClone(clash)),
    zone,
    NOW,
  );

const shopping = block('Shopping', '2026-11-20T17:30');
const match = block('Match', '2026-11-20T09:30', 2);

describe('what is in the way', () => {
  test('people of one event together, the owner as “you”', () => {
    expect(said(person('Mia', match), person('Tom', match))).toEqual([
      'Mia and Tom have Match (09:30–11:30)',
    ]);
    expect(said(person('you', match))).toEqual(['you have Match (09:30–11:30)']);
  });

  test('a thing that an event of theirs needs anyway is told with it', () => {
    expect(said(person('Anna', shopping), thing('Car', shopping, 15 * MINUTE))).toEqual([
      'Anna has Shopping (17:30–18:30), which needs the car',
    ]);
  });

  test('things of others, with their way', () => {
    expect(said(thing('Car', match, 15 * MINUTE))).toEqual([
      'the car is needed for Match (09:30–11:30, and 15 minutes on the way)',
    ]);
    expect(said(thing('Kitchen', match), thing('Living room', match))).toEqual([
      'the kitchen and the living room are needed for Match (09:30–11:30)',
    ]);
  });

  test('events in the order in which they happen, with the day when there are several', () => {
    const tomorrow = block('Yoga', '2026-11-21T09:00');
    expect(said(person('Anna', tomorrow), person('Anna', shopping))).toEqual([
      'Anna has Shopping (Friday 20 November, 17:30–18:30)',
      'Anna has Yoga (Saturday 21 November, 09:00–10:00)',
    ]);
  });

  test('bedtimes, times that have passed, and of many the first', () => {
    expect(said({ kind: 'bedtime', name: 'Mia', bedtime: 20 * HOUR }, { kind: 'past' })).toEqual([
      'Mia goes to bed at 20:00',
      'that time has passed',
    ]);
    const many = Array.from({ length: 9 }, (_, i) =>
      person('Mia', block(`Event ${i}`, `2026-11-20T0${i}:00`)),
    );
    expect(said(...many).at(-1)).toBe('4 more');
  });
});
