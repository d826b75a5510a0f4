import { DAY, dateParts, daysInMonth, isDate, startOfWeek, wall, weekday, type Wall } from '../time/wall.ts';
import { numberOf } from './numbers.ts';
import { weekdaysIn } from './weekdays.ts';

/** Days that will do. `from` and `to` are midnights, both included. */
export interface Days {
  from: Wall;
  to: Wall;
  weekdays: number[];
  /** All of them, from the first to the last: `from Friday to Sunday`. */
  whole?: boolean;
}

/** In the order of the year. */
const MONTH = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';

export function weekOf(days: Days | undefined): Days | undefined {
  return days === undefined ? undefined : week(startOfWeek(days.from));
}

/** From one date to another that comes after it, at most a few weeks. */
export function between(first: Days | undefined, last: Days | undefined): Days | undefined {
  if (first === undefined || last === undefined) return undefined;
  const days = (last.from - first.from) / DAY;
  return days > 0 && days <= MAX_WHOLE
    ? { from: first.from, to: last.to, weekdays: [], whole: true }
    : undefined;
}

/** Days. */
const MAX_WHOLE = 20;

/** `the last Friday of November`; of this month or the next where none is named. */
export function nthOfMonth(
  nth: string | undefined,
  name: string | undefined,
  monthName: string | undefined,
  today: Wall,
): Days | undefined {
  const { year, month: now } = dateParts(today);
  const [day = 0] = weekdaysIn(name ?? '');
  for (let i = 0; i < 13; i += 1) {
    const { from, to } = month(year, now + i);
    if (monthName !== undefined && dateParts(from).month !== monthOf(monthName)) continue;
    const first = from + ((day - weekday(from) + 7) % 7) * DAY;
    const last = to - ((weekday(to) - day + 7) % 7) * DAY;
    const at =
      nth?.toLowerCase() === 'last' ? last : first + ORDINALS.indexOf(nth?.toLowerCase() ?? '') * 7 * DAY;
    if (at >= today) return one(at);
  }
  return undefined;
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];

export function one(day: Wall): Days {
  return { from: day, to: day, weekdays: [] };
}

export function exact(year: number, month: number, day: number): Days | undefined {
  return isDate(year, month, day) ? one(wall(year, month, day)) : undefined;
}

/** Without a year: the next such date. */
export function date(
  day: string | undefined,
  month: number,
  year: string | undefined,
  today: Wall,
): Days | undefined {
  const d = Number(day);
  if (year !== undefined) return exact(Number(year), month, d);
  const { year: now } = dateParts(today);
  for (const y of [now, now + 1, now + 2, now + 3, now + 4]) {
    if (isDate(y, month, d) && wall(y, month, d) >= today) return one(wall(y, month, d));
  }
  return undefined;
}

/** 24/11 can only be one thing; 3/4 is taken for the 3rd of April, and the answer names the month. */
export function slashed(a: number, b: number, year: string | undefined, today: Wall): Days | undefined {
  return b > 12 ? date(String(b), a, year, today) : date(String(a), b, year, today);
}

export function nextDayOfMonth(day: number, today: Wall): Days | undefined {
  const { year, month: now } = dateParts(today);
  for (let i = 0; i < 12; i += 1) {
    const first = wall(year, now + i, 1);
    const { year: y, month: m } = dateParts(first);
    const at = first + (day - 1) * DAY;
    if (day >= 1 && day <= daysInMonth(y, m) && at >= today) return one(at);
  }
  return undefined;
}

/** The next day of that name, never today. */
export function upcoming(name: string | undefined, after: Wall): Wall {
  const [day = 0] = weekdaysIn(name ?? '');
  return after + (((day - weekday(after) + 6) % 7) + 1) * DAY;
}

/** One day by its name is the next one; of several, whichever of the coming seven days. */
export function named(days: number[], today: Wall): Days {
  const [day] = days;
  if (days.length > 1 || day === undefined) return { from: today + DAY, to: today + 7 * DAY, weekdays: days };
  return one(today + (((day - weekday(today) + 6) % 7) + 1) * DAY);
}

export function inWeek(which: string | undefined, names: string | undefined, today: Wall): Days {
  const monday = startOfWeek(today) + (which?.toLowerCase() === 'next' ? 7 * DAY : 0);
  return ofWeek(monday, weekdaysIn(names ?? ''));
}

/** Of the week that begins on that Monday. */
export function ofWeek(monday: Wall, days: number[]): Days {
  const [day] = days;
  if (days.length === 1 && day !== undefined) return one(monday + ((day + 6) % 7) * DAY);
  return { ...week(monday), weekdays: days };
}

export function rest(monday: Wall, days: number[], today: Wall): Days {
  return { ...ofWeek(monday, days), from: Math.max(monday, today) };
}

export function week(monday: Wall): Days {
  return { from: monday, to: monday + 6 * DAY, weekdays: [] };
}

export function month(year: number, number: number): Days {
  return { from: wall(year, number, 1), to: wall(year, number + 1, 1) - DAY, weekdays: [] };
}

export function fortnight(today: Wall, weekdays: number[]): Days {
  return { from: today + DAY, to: today + 14 * DAY, weekdays };
}

export function span(n: string | undefined, unit: string | undefined, today: Wall): Days {
  const length = numberOf(n ?? '1') * (unit?.startsWith('w') === true ? 7 : 1);
  return { from: today, to: today + Math.min(60, length) * DAY, weekdays: [] };
}

export function monthOf(name: string | undefined): number {
  return MONTH.split('|').indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}
