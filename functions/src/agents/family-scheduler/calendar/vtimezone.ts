/** Time zones that a calendar describes itself: VTIMEZONE (RFC 5545, 3.6.5). */
import ICAL from 'ical.js';
import { DAY, dateParts, type Wall } from '../time/wall.ts';
import { zoneOf, type Instant, type Zone } from '../time/zone.ts';
import { occurrences, type Budget, type Rule } from './rule.ts';
import { toRule } from './to-rule.ts';
import { wallOf } from './wall-of.ts';

/** From each of its onsets on, clocks are ahead of UTC by `to`; before it they were by `from`. Milliseconds. */
interface Observance {
  from: number;
  to: number;
  start: Wall;
  rule: Rule | null;
  extra: Wall[];
}

interface Onset {
  at: Instant;
  offset: number;
}

/** Rules of zones look at a month a year; this is for some thousand years. */
const BUDGET_DAYS = 100_000;
const YEAR = 366 * DAY;
const MAX_OBSERVANCES = 200;

/** Undefined when it says nothing that can be followed: rules of zones are yearly. */
export function describedZone(id: string, component: ICAL.Component): Zone | undefined {
  const parts = ['standard', 'daylight'].flatMap((name) => component.getAllSubcomponents(name));
  const observances = parts.slice(0, MAX_OBSERVANCES).map(observance);
  if (observances.length === 0 || !observances.every((one) => one !== undefined)) return undefined;
  const first = observances.reduce((a, b) => (b.start < a.start ? b : a));
  const years = new Map<number, Onset[]>();
  return zoneOf(id, (at) => {
    const { year } = dateParts(at);
    const onsets = years.get(year) ?? observances.flatMap((one) => onsetsUntil(one, at + YEAR));
    years.set(year, onsets);
    const latest = onsets.reduce<Onset | undefined>(
      (best, onset) => (onset.at <= at && (best === undefined || onset.at >= best.at) ? onset : best),
      undefined,
    );
    return at + (latest?.offset ?? first.from);
  });
}

function observance(part: ICAL.Component): Observance | undefined {
  const [from, to] = [offset(part, 'tzoffsetfrom'), offset(part, 'tzoffsetto')];
  const start: unknown = part.getFirstPropertyValue('dtstart');
  if (from === undefined || to === undefined || !(start instanceof ICAL.Time)) return undefined;
  const recur: unknown = part.getFirstPropertyValue('rrule');
  const rule =
    recur instanceof ICAL.Recur
      ? toRule(recur, (until) => wallOf(until) + (until.zone === ICAL.Timezone.utcTimezone ? from : 0))
      : null;
  if (rule === undefined || (rule !== null && rule.freq !== 'YEARLY')) return undefined;
  const extra = part
    .getAllProperties('rdate')
    .flatMap((property) => property.getValues() as unknown[])
    .flatMap((value) => (value instanceof ICAL.Time ? [wallOf(value)] : []));
  return { from, to, start: wallOf(start), rule, extra };
}

/** Single onsets, and of a rule the last before that moment: of one that has ended, where it ended. */
function onsetsUntil({ from, to, start, rule, extra }: Observance, until: Instant): Onset[] {
  const starts = [start, ...extra];
  if (rule !== null) {
    const end = Math.min(until, rule.until === null ? until : rule.until + DAY);
    const budget: Budget = { days: BUDGET_DAYS };
    const since = rule.count === null ? end - 3 * YEAR * Math.min(rule.interval, 100) : start;
    starts.push(...occurrences(rule, start, { from: since, to: end }, budget));
  }
  return starts.map((wall) => ({ at: wall - from, offset: to }));
}

function offset(part: ICAL.Component, name: string): number | undefined {
  const value: unknown = part.getFirstPropertyValue(name);
  return value instanceof ICAL.UtcOffset ? value.toSeconds() * 1_000 : undefined;
}
