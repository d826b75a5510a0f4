import type ICAL from 'ical.js';

/** Who and what an event needs, as the calendar names them. */
export interface Names {
  people: string[];
  resources: string[];
}

const THINGS = new Set(['RESOURCE', 'ROOM']);
const MAX_NAMES = 50;

/** From ATTENDEE (people, and things by their CUTYPE) and RESOURCES. Who declined does not come. */
export function namesIn(event: ICAL.Component): Names {
  const people: string[] = [];
  const resources: string[] = [];
  for (const attendee of event.getAllProperties('attendee')) {
    if (parameter(attendee, 'partstat') === 'DECLINED') continue;
    if (parameter(attendee, 'role') === 'NON-PARTICIPANT') continue;
    (THINGS.has(parameter(attendee, 'cutype')) ? resources : people).push(nameOf(attendee));
  }
  for (const property of event.getAllProperties('resources')) {
    resources.push(...property.getValues().map(String));
  }
  return { people: distinct(people), resources: distinct(resources) };
}

/** Each name once, whatever its case; the first spelling stays. */
export function distinct(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== '' && !byKey.has(key)) byKey.set(key, name.trim().replaceAll(/\s+/g, ' ').slice(0, 60));
  }
  return [...byKey.values()].slice(0, MAX_NAMES);
}

/** By which names are compared. */
export function keyOf(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('en');
}

export function includesName(names: readonly string[], name: string): boolean {
  return names.some((known) => keyOf(known) === keyOf(name));
}

function nameOf(attendee: ICAL.Property): string {
  const name = attendee.getFirstParameter('cn');
  if (typeof name === 'string' && name.trim() !== '') return name;
  const address = String(attendee.getFirstValue() ?? '').replace(/^mailto:/i, '');
  const local = address.split('@')[0] ?? '';
  return local.charAt(0).toUpperCase() + local.slice(1);
}

function parameter(property: ICAL.Property, name: string): string {
  return String(property.getFirstParameter(name) ?? '').toUpperCase();
}
