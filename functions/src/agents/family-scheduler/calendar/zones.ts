import type ICAL from 'ical.js';
import { ianaZone, type Zone } from '../time/zone.ts';
import { describedZone } from './vtimezone.ts';

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
  return component === undefined ? undefined : describedZone(tzid, component);
}
