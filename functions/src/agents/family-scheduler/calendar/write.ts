/** Writes VEVENTs (RFC 5545) with ical.js. */
import ICAL from 'ical.js';
import { OWNER } from '../request/people.ts';
import type { Interval } from '../time/interval.ts';
import type { Wall } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';
import type { Block } from './blocks.ts';

export interface NewEvent extends Interval {
  uid: string;
  title: string;
  people: string[];
  resources: string[];
  allDay: boolean;
  /** Its times move with the family: they are written without a zone, otherwise in UTC. */
  floating: boolean;
}

/** The text of an event. `now` stamps it; the same input gives the same text. */
export function eventText(event: NewEvent, zone: Zone, now: Instant): string {
  return component(event, zone, now).toString();
}

/**
 * The text that moves an event: the event itself with other times, or, of a repeating one, a version of that one
 * occurrence.
 */
export function movedText(block: Block, to: Interval, zone: Zone, now: Instant): string {
  const event = component({ ...block, ...to }, zone, now);
  // Later than any version that a calendar program has counted to.
  event.addPropertyWithValue('sequence', Math.floor(now / 1_000) % 2 ** 31);
  if (block.occurrence !== null) {
    event.addPropertyWithValue('recurrence-id', moment(block.occurrence, block.floating, zone));
  }
  if (block.flexible) event.addPropertyWithValue('x-longrun-flexible', 'TRUE');
  return event.toString();
}

function component(event: NewEvent, zone: Zone, now: Instant): ICAL.Component {
  const { uid, title, people, resources, allDay, floating, start, end } = event;
  const written = new ICAL.Component('vevent');
  written.addPropertyWithValue('uid', uid);
  written.addPropertyWithValue('dtstamp', moment(now, false, zone));
  written.addPropertyWithValue('summary', title);
  written.addPropertyWithValue(
    'dtstart',
    allDay ? figures(zone.toWall(start), true) : moment(start, floating, zone),
  );
  written.addPropertyWithValue(
    'dtend',
    allDay ? figures(zone.toWall(end), true) : moment(end, floating, zone),
  );
  for (const name of people.filter((name) => name !== OWNER))
    written.addProperty(attendee(name, 'INDIVIDUAL'));
  for (const name of resources) written.addProperty(attendee(name, 'RESOURCE'));
  return written;
}

function moment(at: Instant, floating: boolean, zone: Zone): ICAL.Time {
  if (floating) return figures(zone.toWall(at), false);
  return ICAL.Time.fromJSDate(new Date(Math.floor(at / 1_000) * 1_000), true);
}

function figures(at: Wall, isDate: boolean): ICAL.Time {
  const date = new Date(at);
  const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), isDate };
  const time = { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() };
  return ICAL.Time.fromData(isDate ? day : { ...day, ...time });
}

function attendee(name: string, kind: 'INDIVIDUAL' | 'RESOURCE'): ICAL.Property {
  const property = new ICAL.Property('attendee');
  property.setParameter('cutype', kind);
  // A parameter cannot hold quotes or line breaks.
  property.setParameter('cn', name.replaceAll(/["\r\n]/g, ' '));
  property.setValue(`urn:longrun:${kind.toLowerCase()}:${encodeURIComponent(name.toLowerCase())}`);
  return property;
}
