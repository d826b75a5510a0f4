/** Recurrence rules of iCalendar (RFC 5545, 3.3.10) on wall time, for frequencies from daily to yearly. */
import {
  DAY,
  dateParts,
  daysInMonth,
  startOfDay,
  timeOfDay,
  wall,
  weekday,
  type Wall,
} from '../time/wall.ts';

export interface Rule {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  count: number | null;
  /** The last moment that may be an occurrence. */
  until: Wall | null;
  /** 0 is Sunday. */
  weekStart: number;
  months: number[];
  monthDays: number[];
  yearDays: number[];
  weeks: number[];
  /** `nth` 0 is every such day of the week; -1 the last of its month or year. */
  days: { nth: number; weekday: number }[];
  hours: number[];
  minutes: number[];
  seconds: number[];
  positions: number[];
}

/** Days that may still be looked at, shared by all the rules of a calendar. */
export interface Budget {
  days: number;
}

/** A rule, or many, would take too long to follow. */
export class TooManyRepetitions extends Error {
  constructor() {
    super('The calendar repeats too many events, or too often, to be followed. Export a shorter period.');
    this.name = 'TooManyRepetitions';
  }
}

/**
 * When it occurs in [from, to), in order. `first` is the event's own start, which is always an occurrence. Looks at
 * no more days than needed, and throws TooManyRepetitions when the budget is used up.
 */
export function* occurrences(
  rule: Rule,
  first: Wall,
  window: { from: Wall; to: Wall },
  budget: Budget,
): Generator<Wall> {
  let count = 1;
  if (first >= window.from && first < window.to) yield first;
  const whole = withDefaults(rule, first);
  const tests = dayTests(whole);
  const times = timesOfDay(rule, first);
  // Counting needs every occurrence; without a count those before the window are skipped by arithmetic.
  for (let k = rule.count === null ? skipped(rule, first, window.from) : 0; ; k += 1) {
    const [from, to] = period(rule, first, k);
    if (from >= window.to || (rule.until !== null && from > rule.until)) return;
    for (const at of choose(
      rule,
      days(whole, from, to, budget).filter((day) => tests.every((test) => test(day))),
      times,
    )) {
      if (at <= first) continue;
      count += 1;
      if (at >= window.to || (rule.until !== null && at > rule.until)) return;
      if (rule.count !== null && count > rule.count) return;
      if (at >= window.from) yield at;
    }
  }
}

/** Every time of the chosen days, or those at the given positions of the period. */
function choose(rule: Rule, chosen: Wall[], times: number[]): Wall[] {
  const all = chosen.flatMap((day) => times.map((time) => day + time));
  if (rule.positions.length === 0) return all;
  const picked = rule.positions.map((n) => all.at(n > 0 ? n - 1 : n));
  return [...new Set(picked)].filter((at) => at !== undefined).sort((a, b) => a - b);
}

/** The days of a period; of a year, only those of the months that count. */
function days({ freq, months }: Rule, from: Wall, to: Wall, budget: Budget): Wall[] {
  const { year } = dateParts(from);
  const spans =
    freq === 'YEARLY' && months.length > 0
      ? [...new Set(months)]
          .sort((a, b) => a - b)
          .map((month) => [wall(year, month, 1), wall(year, month + 1, 1)])
      : [[from, to]];
  const all: Wall[] = [];
  for (const [start = from, end = to] of spans) for (let day = start; day < end; day += DAY) all.push(day);
  budget.days -= all.length;
  if (budget.days < 0) throw new TooManyRepetitions();
  return all;
}

/** The k-th day, week, month or year of the rule: its first day, and the one after its last. */
function period({ freq, interval, weekStart }: Rule, first: Wall, k: number): [Wall, Wall] {
  const day = startOfDay(first);
  const { year, month } = dateParts(first);
  const n = k * interval;
  switch (freq) {
    case 'DAILY':
      return [day + n * DAY, day + (n + 1) * DAY];
    case 'WEEKLY': {
      const week = day - ((weekday(day) - weekStart + 7) % 7) * DAY;
      return [week + n * 7 * DAY, week + (n + 1) * 7 * DAY];
    }
    case 'MONTHLY':
      return [wall(year, month + n, 1), wall(year, month + n + 1, 1)];
    case 'YEARLY':
      return [wall(year + n, 1, 1), wall(year + n + 1, 1, 1)];
  }
}

const LONGEST = { DAILY: DAY, WEEKLY: 7 * DAY, MONTHLY: 31 * DAY, YEARLY: 366 * DAY };

/** Periods that surely end before `from`. */
function skipped({ freq, interval }: Rule, first: Wall, from: Wall): number {
  return Math.max(0, Math.floor((from - first) / (LONGEST[freq] * interval)) - 1);
}

type DayTest = (day: Wall) => boolean;

/** What a day must be to be one of the occurrences: a test for each part of the rule, quick ones first. */
function dayTests({ freq, months, monthDays, yearDays, weeks, days: byDay, weekStart }: Rule): DayTest[] {
  const tests: DayTest[] = [];
  const weekdays = new Set(byDay.map((by) => by.weekday));
  if (byDay.length > 0) tests.push((at) => weekdays.has(weekday(at)));
  if (months.length > 0) tests.push((at) => months.includes(dateParts(at).month));
  if (monthDays.length > 0) {
    tests.push((at) => {
      const { year, month, day } = dateParts(at);
      return monthDays.includes(day) || monthDays.includes(day - daysInMonth(year, month) - 1);
    });
  }
  if (yearDays.length > 0) {
    tests.push(
      (at) => yearDays.includes(dayOfYear(at)) || yearDays.includes(dayOfYear(at) - yearLength(at) - 1),
    );
  }
  if (weeks.length > 0) tests.push((at) => inWeeks(at, weeks, weekStart));
  if (byDay.some(({ nth }) => nth !== 0)) {
    // The second Tuesday is that of the year if the rule names no month.
    const ofYear = freq === 'YEARLY' && months.length === 0;
    tests.push((at) => {
      const { year, month, day } = dateParts(at);
      const [place, length] = ofYear ? [dayOfYear(at), yearLength(at)] : [day, daysInMonth(year, month)];
      return byDay.some((by) => isNth(by, at, place, length));
    });
  }
  return tests;
}

function dayOfYear(at: Wall): number {
  return (at - wall(dateParts(at).year, 1, 1)) / DAY + 1;
}

function yearLength(at: Wall): number {
  const { year } = dateParts(at);
  return (wall(year + 1, 1, 1) - wall(year, 1, 1)) / DAY;
}

function isNth(by: { nth: number; weekday: number }, at: Wall, place: number, length: number): boolean {
  if (weekday(at) !== by.weekday) return false;
  if (by.nth === 0) return true;
  return by.nth > 0 ? Math.ceil(place / 7) === by.nth : -Math.ceil((length - place + 1) / 7) === by.nth;
}

/** What the rule leaves open is as in the first occurrence. */
function withDefaults(rule: Rule, first: Wall): Rule {
  const { freq, months, monthDays, yearDays, weeks, days: byDay } = rule;
  if (monthDays.length + yearDays.length + byDay.length > 0 || freq === 'DAILY') return rule;
  const { month, day } = dateParts(first);
  if (freq === 'WEEKLY' || weeks.length > 0) return { ...rule, days: [{ nth: 0, weekday: weekday(first) }] };
  if (freq === 'MONTHLY') return { ...rule, monthDays: [day] };
  return { ...rule, monthDays: [day], months: months.length > 0 ? months : [month] };
}

function timesOfDay({ hours, minutes, seconds }: Rule, first: Wall): number[] {
  const at = new Date(timeOfDay(first));
  const or = (given: number[], own: number) => (given.length > 0 ? given : [own]);
  const times = or(hours, at.getUTCHours()).flatMap((hour) =>
    or(minutes, at.getUTCMinutes()).flatMap((minute) =>
      or(seconds, at.getUTCSeconds()).map((second) => ((hour * 60 + minute) * 60 + second) * 1_000),
    ),
  );
  if (times.length > MAX_TIMES) throw new TooManyRepetitions();
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Of one day: every quarter of an hour. */
const MAX_TIMES = 96;

/** Week 1 is the first with four days in its year; weeks count from the end when negative. */
function inWeeks(at: Wall, weeks: number[], weekStart: number): boolean {
  const week = at - ((weekday(at) - weekStart + 7) % 7) * DAY;
  const { year } = dateParts(week + 3 * DAY);
  const number = (week - firstWeek(year, weekStart)) / (7 * DAY) + 1;
  const total = (firstWeek(year + 1, weekStart) - firstWeek(year, weekStart)) / (7 * DAY);
  return weeks.includes(number) || weeks.includes(number - total - 1);
}

function firstWeek(year: number, weekStart: number): Wall {
  const fourth = wall(year, 1, 4);
  return fourth - ((weekday(fourth) - weekStart + 7) % 7) * DAY;
}
