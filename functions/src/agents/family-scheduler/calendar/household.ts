import type ICAL from 'ical.js';
import { HOUR, MINUTE } from '../time/wall.ts';
import type { Entry } from './entry.ts';
import { distinct, keyOf } from './names.ts';

export interface Person {
  name: string;
  /** `parents`, `kids` or what else the calendar calls them. */
  group: string | null;
  /** Milliseconds since midnight. */
  bedtime: number | null;
  /** On weekdays; milliseconds since midnight. */
  work: { from: number; to: number } | null;
}

export interface Resource {
  name: string;
  /** Time to bring it from one use to the next. Milliseconds. */
  travel: number;
}

export interface Household {
  people: Person[];
  resources: Resource[];
}

/** A car is somewhere else after each use; a room is not. */
const CAR_TRAVEL_MS = 15 * MINUTE;
const CAR = /\b(?:car|van)\b/i;

/**
 * Who lives by these calendars and what they share: those that X-LONGRUN-PERSON and X-LONGRUN-RESOURCE describe, then
 * everybody and everything that takes part in an event.
 */
export function householdOf(calendars: ICAL.Component[], entries: readonly Entry[]): Household {
  const described = (name: string) => calendars.flatMap((calendar) => calendar.getAllProperties(name));
  const people = described('x-longrun-person').map((property): Person => {
    const work = { from: time(property, 'x-work-from'), to: time(property, 'x-work-to') };
    return {
      name: String(property.getFirstValue() ?? ''),
      group: parameter(property, 'x-group')?.toLowerCase() ?? null,
      bedtime: time(property, 'x-bedtime'),
      work: work.from === null || work.to === null ? null : { from: work.from, to: work.to },
    };
  });
  const resources = described('x-longrun-resource').map((property): Resource => {
    const name = String(property.getFirstValue() ?? '');
    const minutes = Number(parameter(property, 'x-travel-minutes') ?? Number.NaN);
    return { name, travel: minutes >= 0 && minutes <= 600 ? minutes * MINUTE : travelOf(name) };
  });
  return {
    people: named(
      people,
      entries.flatMap((entry) => entry.people),
      (name) => ({ name, ...UNKNOWN }),
    ),
    resources: named(
      resources,
      entries.flatMap((entry) => entry.resources),
      (name) => ({
        name,
        travel: travelOf(name),
      }),
    ),
  };
}

const UNKNOWN = { group: null, bedtime: null, work: null };

export function travelOf(resource: string): number {
  return CAR.test(resource) ? CAR_TRAVEL_MS : 0;
}

export function personNamed({ people }: Household, name: string): Person | undefined {
  return people.find((person) => keyOf(person.name) === keyOf(name));
}

function named<T extends { name: string }>(known: T[], names: string[], make: (name: string) => T): T[] {
  const byKey = new Map(known.map((item) => [keyOf(item.name), item]));
  return distinct([...known.map(({ name }) => name), ...names]).map(
    (name) => byKey.get(keyOf(name)) ?? make(name),
  );
}

function parameter(property: ICAL.Property, name: string): string | undefined {
  const value = property.getFirstParameter(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `2030` -> half past eight in the evening. */
function time(property: ICAL.Property, name: string): number | null {
  const [, hour, minute] = /^(\d{2})(\d{2})$/.exec(parameter(property, name) ?? '')?.map(Number) ?? [];
  return hour === undefined || minute === undefined || hour > 24 || minute > 59
    ? null
    : hour * HOUR + minute * MINUTE;
}
