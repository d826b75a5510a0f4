import ICAL from 'ical.js';
import type { Wall } from '../time/wall.ts';
import type { Rule } from './rule.ts';

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/**
 * A rule that ical.js has parsed, or undefined when it repeats more often than daily, which no appointment does.
 * `wallOf` tells an UNTIL, which may be in UTC, as the clocks of the event show it.
 */
export function toRule(recur: ICAL.Recur, wallOf: (until: ICAL.Time) => Wall): Rule | undefined {
  const { freq } = recur;
  if (freq !== 'DAILY' && freq !== 'WEEKLY' && freq !== 'MONTHLY' && freq !== 'YEARLY') return undefined;
  const numbers = (part: string): number[] => recur.getComponent(part.toUpperCase()).map(Number);
  return {
    freq,
    interval: Math.max(1, recur.interval),
    count: recur.count,
    until: recur.until === null ? null : wallOf(recur.until),
    weekStart: recur.wkst - 1,
    months: numbers('bymonth'),
    monthDays: numbers('bymonthday'),
    yearDays: numbers('byyearday'),
    weeks: numbers('byweekno'),
    days: recur.getComponent('BYDAY').map(byDay),
    hours: numbers('byhour'),
    minutes: numbers('byminute'),
    seconds: numbers('bysecond'),
    positions: numbers('bysetpos'),
  };
}

/** `2TU` -> the second Tuesday; ical.js has checked its form. */
function byDay(text: string): { nth: number; weekday: number } {
  const name = String(text).slice(-2).toUpperCase();
  const nth = Number(String(text).slice(0, -2));
  return { nth, weekday: DAYS.indexOf(name) };
}
