/**
 * What a clock and a calendar on the wall show, without a time zone: milliseconds as if it were UTC. Adding
 * DAY to it always gives the same time on the next day, whatever daylight saving does.
 */
export type Wall = number;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function wall(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): Wall {
  // Date.UTC takes the years 0-99 for 1900-1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

export function startOfDay(at: Wall): Wall {
  return Math.floor(at / DAY) * DAY;
}

/** Milliseconds since midnight. */
export function timeOfDay(at: Wall): number {
  return at - startOfDay(at);
}

/** 0 is Sunday, as in Date. */
export function weekday(at: Wall): number {
  // 1 January 1970 was a Thursday.
  return (((Math.floor(at / DAY) + 4) % 7) + 7) % 7;
}

/** Monday of its week. */
export function startOfWeek(at: Wall): Wall {
  return startOfDay(at) - ((weekday(at) + 6) % 7) * DAY;
}

export function dateParts(at: Wall): { year: number; month: number; day: number } {
  const date = new Date(at);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000, month, 0)).getUTCDate() - (month === 2 && !isLeap(year) ? 1 : 0);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Whether there is such a day: not 30 February. */
export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** `2026-11-28` */
export function dateText(at: Wall): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** `10:30` */
export function timeText(at: Wall): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** `2026-11-28T10:30` */
export function wallText(at: Wall): string {
  return new Date(at).toISOString().slice(0, 16);
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/;

/** Midnight of `2026-11-28`, or undefined when that is no date. */
export function parseDate(text: string): Wall | undefined {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return isDate(year, month, day) ? wall(year, month, day) : undefined;
}

/** Milliseconds since midnight of `10:30`; `24:00` is the end of a day. Undefined when that is no time. */
export function parseTime(text: string): number | undefined {
  const [, hour, minute] = TIME.exec(text)?.map(Number) ?? [];
  if (hour === undefined || minute === undefined || minute > 59) return undefined;
  const time = hour * HOUR + minute * MINUTE;
  return time <= DAY ? time : undefined;
}

/** `2026-11-28T10:30`, or undefined. */
export function parseWall(text: string): Wall | undefined {
  const [date = '', time = ''] = text.split(/[T ]/);
  const day = parseDate(date);
  const clock = parseTime(time);
  return day === undefined || clock === undefined ? undefined : day + clock;
}
