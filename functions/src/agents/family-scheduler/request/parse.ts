import type { Household } from '../calendar/household.ts';
import { DAY, dateText, MINUTE, startOfDay, timeOfDay, timeText, wallText, type Wall } from '../time/wall.ts';
import { takeDays } from './dates.ts';
import type { Days } from './days.ts';
import { takeDuration } from './duration.ts';
import { OWNER, takePeople } from './people.ts';
import { takeResources } from './resources.ts';
import { Scanner } from './scanner.ts';
import { takeTimes, type Times } from './times.ts';
import { titleFrom } from './title.ts';
import { WEEKDAYS, weekdaysIn } from './weekdays.ts';
import { MAX_MINUTES, wishSchema, type Wish } from './wish.ts';

/** Longer requests are read up to here. Characters. */
const MAX_REQUEST = 2_000;
const DEFAULT_MINUTES = 60;
/** How far ahead something is looked for when no day is named. */
const LOOK_AHEAD = 14 * DAY;
/** What is told when somebody asks for the plans of no certain day. */
const AGENDA_AHEAD = 6 * DAY;

const AGENDA =
  /^(?:(?:do|does|have|is there|are there|did)\b.*\b(?:anything|something|plans?|planned)\b|what(?:'s|’s| is| are| do| does| have)?\b.*\b(?:on|plan|plans|planned|happening|up|scheduled|calendar|agenda|do(?:ing)?|have)\b|(?:who|when|is|are)\b.*\b(?:free|busy|available|home|at home|taken)\b|(?:show|list|tell)\b.*\b(?:calendar|agenda|plans?|schedule|week|day|weekend|events?|appointments?)\b|what's on|agenda\b|free\b)/i;
/** A question is no appointment, whatever day it names. */
const WONDERS = /^(?:what|who|whose|where|why|which)\b(?! about\b)/i;
const ASKS =
  /\b(?:book|schedule|add|plan|put|arrange|organi[sz]e|set up|make|create|enter|reserve|block|pencil|find|look for|need|want|appointment)\b/i;
const REPEATS =
  /\b(?:every|each)\s+(?:other\s+)?(?:day|week|month|year|morning|evening|afternoon|mon|tue|wed|thu|fri|sat|sun|weekday)|\b(?:weekly|daily|monthly|yearly|biweekly)\b/i;
const CHANGES =
  /^(?:please |can you |could you )*(?:cancel|delete|remove|move|reschedule|postpone|shift|change)\b/i;
const AVOID = new RegExp(
  String.raw`(?:,\s*)?\b(?:but\s+)?(?:not(?: on)?|except(?: on| for)?|never on|no|avoid|without)\s+(${WEEKDAYS})`,
  'i',
);
const PREFER = new RegExp(
  String.raw`(?:,\s*)?\b(?:preferably|ideally|best|rather|if possible|i'd prefer|we'd prefer|prefer)(?: on)?\s+(${WEEKDAYS})(?:\s+if possible)?|\b(${WEEKDAYS})\s+(?:preferred|would be best|if possible)`,
  'i',
);
const PREFER_PART =
  /(?:,\s*)?\b(?:preferably|ideally|best|rather)\s+(?:in the\s+)?(morning|afternoon|evening)s?\b/i;
const PART_HOURS = {
  morning: ['07:00', '12:00'],
  afternoon: ['12:00', '18:00'],
  evening: ['17:00', '22:00'],
} as const;
const QUOTED = /["“”«]([^"“”«»]{2,120})["“”»]/;

/**
 * Understands a request by its words: what, who, when, how long, with which shared things. `now` is the wall time at
 * home. Nothing is guessed silently: what was assumed is in the notes.
 */
export function parseRequest(request: string, now: Wall, household: Household): Wish {
  const text = request.slice(0, MAX_REQUEST).replaceAll('’', "'").trim();
  const refused = refusal(text);
  if (refused !== undefined) return wishSchema.parse({ kind: 'unclear', notes: [refused] });
  const scanner = new Scanner(text);
  const quoted = scanner.take(QUOTED)?.[1];
  const avoid = weekdaysIn(
    scanner
      .takeAll(AVOID)
      .map((match) => match[1])
      .join(' '),
  );
  const liked = scanner.take(PREFER);
  const part = scanner.take(PREFER_PART)?.[1]?.toLowerCase();
  const resources = takeResources(scanner, household);
  const minutes = takeDuration(scanner);
  const days = takeDays(scanner, startOfDay(now));
  const times = takeTimes(scanner);
  const people = takePeople(scanner, household);
  const title = quoted ?? titleFrom(scanner.left);
  const said = days !== undefined || Object.keys(times).length > 0 || minutes !== undefined;
  const agenda = AGENDA.test(text) || (WONDERS.test(text) && said && !ASKS.test(text));
  const asked = said || (ASKS.test(text) && (title !== '' || resources.length > 0));
  if (!agenda && !asked) return wishSchema.parse({ kind: 'unclear' });
  const wish = wishSchema.parse({
    ...when({ days, times, minutes, now }),
    title: title === '' ? resources.join(' and ') || 'Appointment' : title,
    people: people.length > 0 ? people : [OWNER],
    resources,
    preferred: {
      weekdays: weekdaysIn(liked?.[1] ?? liked?.[2] ?? ''),
      ...(part === 'morning' || part === 'afternoon' || part === 'evening'
        ? { earliest: PART_HOURS[part][0], latest: PART_HOURS[part][1] }
        : {}),
    },
  });
  const weekdays = without(wish.weekdays, avoid);
  if (!agenda) return { ...wish, weekdays };
  const to = days === undefined ? dateText(startOfDay(now) + AGENDA_AHEAD) : wish.to;
  return { ...wish, kind: 'agenda', start: null, weekdays, people, to, notes: [] };
}

function refusal(text: string): string | undefined {
  if (REPEATS.test(text))
    return 'I book single appointments, not ones that repeat. Name one day, and I will find room for it.';
  if (CHANGES.test(text))
    return 'I book new appointments; I cannot change or cancel those that are in the calendar.';
  return undefined;
}

interface When {
  days: Days | undefined;
  times: Times;
  minutes: number | undefined;
  now: Wall;
}

/** A day and a time make a start; anything less is something to look for. */
function when({ days, times, minutes: told, now }: When): Partial<Wish> {
  const { at, until } = times;
  const minutes = told ?? (at !== undefined && until !== undefined ? (until - at) / MINUTE : DEFAULT_MINUTES);
  const notes =
    told === undefined && until === undefined ? [`No length was given: ${DEFAULT_MINUTES} minutes.`] : [];
  const today = startOfDay(now);
  if (told === MAX_MINUTES || (days?.whole === true && at === undefined && told === undefined)) {
    const day = days?.from ?? today + DAY;
    const length = days?.whole === true ? (days.to - days.from) / DAY + 1 : 1;
    const to = day + (length - 1) * DAY;
    return {
      kind: 'book',
      minutes: length * MAX_MINUTES,
      all_day: true,
      start: wallText(day),
      from: dateText(day),
      to: dateText(to),
    };
  }
  const day =
    days === undefined
      ? at === undefined
        ? undefined
        : soonest(at, now)
      : days.from === days.to
        ? days.from
        : undefined;
  if (day !== undefined && at !== undefined) {
    const assumed = days === undefined ? [`No day was named: the next ${timeText(at)} is taken.`] : [];
    return {
      kind: 'book',
      minutes,
      start: wallText(day + at),
      from: dateText(day),
      to: dateText(day),
      notes: [...assumed, ...notes],
    };
  }
  const span = days ?? { from: today, to: today + LOOK_AHEAD, weekdays: [] };
  const ahead = days === undefined ? ['No day was named: the next two weeks are searched.'] : [];
  const earliest = at ?? times.earliest;
  const latest = at === undefined ? times.latest : Math.min(DAY, at + minutes * MINUTE);
  return {
    kind: 'find',
    minutes,
    from: dateText(span.from),
    to: dateText(span.to),
    weekdays: span.weekdays,
    earliest: earliest === undefined ? null : timeText(earliest),
    latest: latest === undefined ? null : latestText(latest),
    notes: [...ahead, ...notes],
  };
}

function latestText(time: number): string {
  return time >= DAY ? '24:00' : timeText(time);
}

function soonest(time: number, now: Wall): Wall {
  const today = startOfDay(now);
  return time > timeOfDay(now) ? today : today + DAY;
}

function without(weekdays: number[], avoid: number[]): number[] {
  if (avoid.length === 0) return weekdays;
  const all = weekdays.length > 0 ? weekdays : [0, 1, 2, 3, 4, 5, 6];
  return all.filter((day) => !avoid.includes(day));
}
