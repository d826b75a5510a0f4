import type { Wall } from './wall.ts';
import { DAY, MINUTE } from './wall.ts';

/** A point in time: milliseconds since 1970 in UTC. */
export type Instant = number;

/** Relates what clocks of a place show to points in time. */
export interface Zone {
  id: string;
  toWall(at: Instant): Wall;
  /** A time that occurs twice is the first one; one that the clocks skip counts on from before (RFC 5545, 3.3.5). */
  toInstant(at: Wall): Instant;
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name such as `Europe/Berlin`, or undefined when there is no such zone. */
export function ianaZone(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const format = formatOf(name);
  if (format === undefined) return undefined;
  const made = zoneOf(
    name,
    remembered((at) => wallAt(format, at)),
  );
  zones.set(name, made);
  return made;
}

/** Since 1970 clocks change only on the quarter of an hour, so that one look is enough for each. */
const QUARTER = 15 * MINUTE;
const MAX_QUARTERS = 20_000;

function remembered(toWall: (at: Instant) => Wall): (at: Instant) => Wall {
  const offsets = new Map<number, number>();
  return (at) => {
    if (at < 0) return toWall(at);
    const quarter = Math.floor(at / QUARTER);
    let known = offsets.get(quarter);
    if (known === undefined) {
      known = offset(toWall, quarter * QUARTER);
      if (offsets.size >= MAX_QUARTERS) offsets.clear();
      offsets.set(quarter, known);
    }
    return at + known;
  };
}

/** A zone from what its clocks show at a point in time. */
export function zoneOf(id: string, toWall: (at: Instant) => Wall): Zone {
  return {
    id,
    toWall,
    toInstant: (at) => {
      const before = at - offset(toWall, at - DAY);
      const after = at - offset(toWall, at + DAY);
      const right = [before, after].filter((instant) => toWall(instant) === at);
      return right.length > 0 ? Math.min(...right) : before;
    },
  };
}

function offset(toWall: (at: Instant) => Wall, at: Instant): number {
  return toWall(at) - at;
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  // Offsets such as "+02:00" are valid for Intl, but are no names of zones.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function wallAt(format: Intl.DateTimeFormat, at: Instant): Wall {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const date = new Date(0);
  date.setUTCFullYear(year, number('month') - 1, number('day'));
  date.setUTCHours(number('hour'), number('minute'), number('second'), at - Math.floor(at / 1_000) * 1_000);
  return date.getTime();
}
