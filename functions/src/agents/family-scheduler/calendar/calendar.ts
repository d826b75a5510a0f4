import { ianaZone, type Zone } from '../time/zone.ts';
import { toEntry, type Entry } from './entry.ts';
import { CalendarError } from './errors.ts';
import { householdOf, type Household } from './household.ts';
import { parseCalendar } from './parse.ts';
import { calendarZone, zoneFinder } from './zones.ts';

/** A calendar that was read. */
export interface Calendar {
  entries: Entry[];
  household: Household;
  zone: Zone;
  /** What was not understood, in words; each once. */
  problems: string[];
}

const MAX_PROBLEMS = 5;

/**
 * Reads a calendar and what was changed in it since (VEVENT texts). `zone` is that of the person; without it the
 * calendar's own counts, and then the machine's. Throws CalendarError.
 */
export function readCalendar(ics: string, changes: readonly string[], zone?: Zone): Calendar {
  const calendars = parseCalendar(ics);
  const changed = changes.length === 0 ? [] : parseCalendar(wrap(changes));
  const home = zone ?? calendarZone(calendars) ?? machineZone();
  const problems = new Set<string>();
  const context = {
    findZone: zoneFinder(calendars),
    home,
    problem: (text: string) => void problems.add(text),
  };
  const entries = [...calendars, ...changed]
    .flatMap((calendar) => calendar.getAllSubcomponents('vevent'))
    .flatMap((event): Entry[] => {
      try {
        return [toEntry(event, context)];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        problems.add(`an event was left out: ${reason.slice(0, 120)}`);
        return [];
      }
    });
  return {
    entries,
    household: householdOf(calendars, entries),
    zone: home,
    problems: [...problems].slice(0, MAX_PROBLEMS),
  };
}

/** The zone of that name. Throws CalendarError when there is none. */
export function zoneNamed(name: string): Zone {
  const zone = ianaZone(name);
  if (zone !== undefined) return zone;
  throw new CalendarError(
    `There is no time zone ${JSON.stringify(name.slice(0, 60))}; Europe/Berlin is one.`,
  );
}

/** Some machines do not know where they are. */
function machineZone(): Zone {
  return ianaZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? zoneNamed('UTC');
}

function wrap(events: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.map((event) => event.trim()), 'END:VCALENDAR'].join(
    '\r\n',
  );
}
