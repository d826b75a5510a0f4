import ICAL from 'ical.js';
import { DAY, startOfDay, type Wall } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';
import { namesIn, type Names } from './names.ts';
import type { Rule } from './rule.ts';
import { toRule } from './to-rule.ts';
import { wallOf } from './wall-of.ts';

/** Whole days by the calendar, then milliseconds by the clock: a day is not always 24 hours. */
interface Length {
  days: number;
  ms: number;
}

/** One VEVENT: an event, a repeating one, or one occurrence of it that was changed. */
export interface Entry extends Names {
  uid: string;
  title: string;
  sequence: number;
  /** The occurrence that this entry replaces; null for the event itself. */
  replaces: Instant | null;
  andFuture: boolean;
  zone: Zone;
  start: Wall;
  length: Length;
  allDay: boolean;
  /** Its times are meant wherever the family is: they have no zone. */
  floating: boolean;
  rule: Rule | null;
  /** Further occurrences, and those that do not happen: at a time, or on a whole day. */
  extra: { start: Instant; end: Instant | null }[];
  except: Set<Instant>;
  exceptDays: Set<Wall>;
  cancelled: boolean;
  /** Keeps nobody busy, such as a birthday. */
  transparent: boolean;
  /** May be moved to make room. */
  flexible: boolean;
}

export interface EntryContext {
  findZone: (tzid: string) => Zone | undefined;
  /** Where times without a zone, and whole days, are meant. */
  home: Zone;
  /** Told what was not understood. */
  problem: (text: string) => void;
}

/** Throws an Error with the reason when the event's own times cannot be read. */
export function toEntry(event: ICAL.Component, context: EntryContext): Entry {
  const startProperty = event.getFirstProperty('dtstart');
  const startTime: unknown = startProperty?.getFirstValue();
  if (startProperty === null || !(startTime instanceof ICAL.Time)) throw new Error('it has no start');
  const zone = zoneOf(startProperty, startTime, context);
  const start = wallOf(startTime);
  const rule = ruleOf(event, zone, context);
  const title = textOf(event, 'summary') ?? 'Something without a title';
  const replaced = event.getFirstProperty('recurrence-id');
  const status = textOf(event, 'status')?.toUpperCase();
  return {
    ...namesIn(event),
    uid: textOf(event, 'uid') ?? `${title}@${start}`,
    title: title.slice(0, MAX_TITLE),
    sequence: Number(event.getFirstPropertyValue('sequence') ?? 0) || 0,
    replaces: replaced === null ? null : (instantsOf(replaced, context)[0] ?? null),
    andFuture: String(replaced?.getFirstParameter('range')).toUpperCase() === 'THISANDFUTURE',
    zone,
    start,
    length: lengthOf(event, { start, zone, allDay: startTime.isDate }, context),
    allDay: startTime.isDate,
    floating: !isUtc(startTime) && startProperty.getFirstParameter('tzid') === undefined,
    rule,
    ...extraOf(event, context),
    ...exceptionsOf(event, startTime.isDate, context),
    cancelled: status === 'CANCELLED',
    transparent: textOf(event, 'transp')?.toUpperCase() === 'TRANSPARENT',
    flexible: textOf(event, 'x-longrun-flexible')?.toUpperCase() === 'TRUE',
  };
}

const MAX_TITLE = 200;

/** When an occurrence that starts at `start` on the event's clocks ends. */
export function endOf(start: Wall, { zone, length }: Pick<Entry, 'zone' | 'length'>): Instant {
  return zone.toInstant(start + length.days * DAY) + length.ms;
}

function ruleOf(event: ICAL.Component, zone: Zone, { home, problem }: EntryContext): Rule | null {
  const recur: unknown = event.getFirstPropertyValue('rrule');
  if (!(recur instanceof ICAL.Recur)) return null;
  const rule = toRule(recur, (until) => {
    // A date without a time means until the end of that day.
    if (until.isDate) return wallOf(until) + DAY - 1;
    return isUtc(until) ? zone.toWall(instantOf(until, home)) : wallOf(until);
  });
  if (rule === undefined) problem('an event that repeats within the day is taken as a single one');
  return rule ?? null;
}

function lengthOf(
  event: ICAL.Component,
  { start, zone, allDay }: { start: Wall; zone: Zone; allDay: boolean },
  context: EntryContext,
): Length {
  const duration: unknown = event.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration && !duration.isNegative) {
    const { weeks, days, hours, minutes, seconds } = duration;
    return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1_000 };
  }
  const property = event.getFirstProperty('dtend');
  const end: unknown = property?.getFirstValue();
  if (property === null || !(end instanceof ICAL.Time)) return { days: allDay ? 1 : 0, ms: 0 };
  if (allDay) return { days: Math.max(1, Math.round((startOfDay(wallOf(end)) - start) / DAY)), ms: 0 };
  const ms = instantOf(end, zoneOf(property, end, context)) - zone.toInstant(start);
  // Of a DTEND the exact length holds for every occurrence (RFC 5545, 3.8.5.3).
  return { days: 0, ms: Math.max(0, ms) };
}

function extraOf(event: ICAL.Component, context: EntryContext): Pick<Entry, 'extra'> {
  const extra: Entry['extra'] = [];
  for (const property of event.getAllProperties('rdate')) {
    const at = (time: ICAL.Time) => instantOf(time, zoneOf(property, time, context));
    for (const value of property.getValues() as unknown[]) {
      if (value instanceof ICAL.Time) extra.push({ start: at(value), end: null });
      if (value instanceof ICAL.Period) extra.push({ start: at(value.start), end: at(value.getEnd()) });
    }
  }
  return { extra };
}

function exceptionsOf(event: ICAL.Component, allDay: boolean, context: EntryContext) {
  const except = new Set<Instant>();
  const exceptDays = new Set<Wall>();
  for (const property of event.getAllProperties('exdate')) {
    for (const value of property.getValues() as unknown[]) {
      if (!(value instanceof ICAL.Time)) continue;
      // Some programs name only the day of a timed occurrence.
      if (value.isDate && !allDay) exceptDays.add(wallOf(value));
      else except.add(instantOf(value, zoneOf(property, value, context)));
    }
  }
  return { except, exceptDays };
}

function instantsOf(property: ICAL.Property, context: EntryContext): Instant[] {
  return property
    .getValues()
    .flatMap((value: unknown) =>
      value instanceof ICAL.Time ? [instantOf(value, zoneOf(property, value, context))] : [],
    );
}

function instantOf(time: ICAL.Time, zone: Zone): Instant {
  return isUtc(time) ? wallOf(time) : zone.toInstant(wallOf(time));
}

function isUtc(time: ICAL.Time): boolean {
  return time.zone === ICAL.Timezone.utcTimezone;
}

const UTC: Zone = { id: 'UTC', toWall: (at) => at, toInstant: (at) => at };

function zoneOf(property: ICAL.Property, time: ICAL.Time, { findZone, home, problem }: EntryContext): Zone {
  if (isUtc(time)) return UTC;
  const tzid = property.getFirstParameter('tzid');
  if (time.isDate || typeof tzid !== 'string' || tzid === '') return home;
  const zone = findZone(tzid);
  if (zone === undefined) problem(`the time zone “${tzid.slice(0, 60)}” is not known, ${home.id} is taken`);
  return zone ?? home;
}

function textOf(event: ICAL.Component, name: string): string | undefined {
  const value: unknown = event.getFirstPropertyValue(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
