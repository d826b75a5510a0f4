/** Reads iCalendar text (RFC 5545) with ical.js, and holds it to limits. */
import ICAL from 'ical.js';
import { CalendarError } from './errors.ts';

/** Several years of a busy family; the store and a request hold 1 MiB. */
const MAX_CALENDAR_BYTES = 500_000;
const MAX_ENTRIES = 5_000;
const MAX_ZONES = 50;

/** The calendars of a text. Throws CalendarError when it is none, or too large. */
export function parseCalendar(text: unknown): ICAL.Component[] {
  if (typeof text !== 'string' || text.trim() === '') {
    throw new CalendarError(`The calendar must be the text of an .ics file. ${HINT}`);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_CALENDAR_BYTES) {
    throw new CalendarError(
      `The calendar has ${bytes} bytes; at most ${MAX_CALENDAR_BYTES} are read. Export a shorter period.`,
    );
  }
  const calendars = parse(text.replace(/^\uFEFF/, '').trim());
  if (calendars.length === 0) throw new CalendarError(`The calendar holds no VCALENDAR. ${HINT}`);
  limit(calendars, 'vevent', MAX_ENTRIES);
  limit(calendars, 'vtimezone', MAX_ZONES);
  return calendars;
}

function parse(text: string): ICAL.Component[] {
  if (!/^BEGIN:VCALENDAR\s*$/im.test(text)) {
    throw new CalendarError(`The calendar is no iCalendar text. ${HINT}`);
  }
  try {
    const parsed: unknown = ICAL.parse(text);
    // One calendar is a component; several are a list of them.
    const components = Array.isArray(parsed) && Array.isArray(parsed[0]) ? parsed : [parsed];
    return components
      .map((jcal: unknown) => new ICAL.Component(Array.isArray(jcal) ? jcal : []))
      .filter(({ name }) => name === 'vcalendar');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CalendarError(`The calendar cannot be read: ${reason.slice(0, 200)}. ${HINT}`);
  }
}

function limit(calendars: ICAL.Component[], name: string, most: number): void {
  const count = calendars.reduce((sum, calendar) => sum + calendar.getAllSubcomponents(name).length, 0);
  if (count > most) {
    throw new CalendarError(
      `The calendar has ${count} ${name.toUpperCase()} parts; at most ${most} are read.`,
    );
  }
}

const HINT = 'It begins with BEGIN:VCALENDAR and ends with END:VCALENDAR, as a calendar program exports it.';
