import ICAL from 'ical.js';
import { wall, type Wall } from '../time/wall.ts';
import { ianaZone, zoneOf, type Instant, type Zone } from '../time/zone.ts';

/** The zone that a TZID of these calendars names, or undefined. */
export function zoneFinder(calendars: ICAL.Component[]): (tzid: string) => Zone | undefined {
  const known = new Map<string, Zone | undefined>();
  return (tzid) => {
    if (!known.has(tzid)) known.set(tzid, iana(tzid) ?? described(calendars, tzid));
    return known.get(tzid);
  };
}

/** What the calendar program says is the calendar's own zone. */
export function calendarZone(calendars: ICAL.Component[]): Zone | undefined {
  for (const calendar of calendars) {
    const name: unknown = calendar.getFirstPropertyValue('x-wr-timezone');
    const zone = typeof name === 'string' ? iana(name) : undefined;
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** A name of the IANA database knows more of the past and the future than the file; some programs put a path before it. */
function iana(tzid: string): Zone | undefined {
  const name = /[A-Za-z_]+\/[A-Za-z_]+(?:\/[A-Za-z_]+)?$/.exec(tzid)?.[0];
  return ianaZone(tzid) ?? (name === undefined ? undefined : ianaZone(name));
}

/** A zone by the VTIMEZONE of that name. */
function described(calendars: ICAL.Component[], tzid: string): Zone | undefined {
  const component = calendars
    .flatMap((calendar) => calendar.getAllSubcomponents('vtimezone'))
    .find((zone) => zone.getFirstPropertyValue('tzid') === tzid);
  if (component === undefined) return undefined;
  const timezone = new ICAL.Timezone(component);
  return zoneOf(tzid, (at) => wallIn(timezone, at));
}

function wallIn(timezone: ICAL.Timezone, at: Instant): Wall {
  const whole = Math.floor(at / 1_000) * 1_000;
  const local = ICAL.Time.fromJSDate(new Date(whole), true).convertToZone(timezone);
  return wallOf(local) + (at - whole);
}

/** The figures of an ical.js time, whatever its zone. */
export function wallOf({ year, month, day, hour, minute, second }: ICAL.Time): Wall {
  return wall(year, month, day, hour, minute, second);
}
