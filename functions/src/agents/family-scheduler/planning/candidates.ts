import { gaps, widen, type Interval } from '../time/interval.ts';
import { DAY, HOUR, MINUTE, weekday, type Wall } from '../time/wall.ts';
import { takesTimeOf, uses, type Situation } from './situation.ts';

/** Where a time may be looked for. Days are midnights, both included; times are milliseconds since midnight. */
export interface Search {
  from: Wall;
  to: Wall;
  weekdays: readonly number[];
  earliest: number;
  latest: number;
}

/** Nobody wants to be asked for a time before that or, grown up, after that. */
const DAY_BEGINS = 7 * HOUR;
const DAY_ENDS = 22 * HOUR;
const GRID = 15 * MINUTE;

/** The hours in which everybody who takes part is up. */
export function wakingHours({ people }: Situation): { earliest: number; latest: number } {
  const bedtimes = people.flatMap(({ bedtime }) => (bedtime === null ? [] : [bedtime]));
  return { earliest: DAY_BEGINS, latest: Math.min(DAY_ENDS, ...bedtimes) };
}

/** Every time of the wished length, each quarter of an hour, at which all people and things are free, in order. */
export function candidates(search: Search, situation: Situation): Interval[] {
  const { zone, now, wish } = situation;
  const length = wish.minutes * MINUTE;
  const taken = takenTimes(situation);
  const found: Interval[] = [];
  for (let day = search.from; day <= search.to; day += DAY) {
    if (search.weekdays.length > 0 && !search.weekdays.includes(weekday(day))) continue;
    const window = { start: zone.toInstant(day + search.earliest), end: zone.toInstant(day + search.latest) };
    const open = { start: Math.max(window.start, now), end: window.end };
    for (const gap of gaps(open, taken, length)) found.push(...withinGap(gap, day, length, situation));
  }
  return found;
}

/** When somebody who takes part is busy, or something is in use or on its way. */
function takenTimes({ people, resources, blocks }: Situation): Interval[] {
  const busy = blocks.filter(({ transparent }) => !transparent);
  return [
    ...busy.filter((block) => people.some(({ name }) => takesTimeOf(block, name))),
    ...resources.flatMap(({ name, travel }) =>
      busy.filter((block) => uses(block, name)).map((block) => widen(block, travel)),
    ),
  ];
}

function withinGap(gap: Interval, day: Wall, length: number, { zone }: Situation): Interval[] {
  const found: Interval[] = [];
  const first = Math.ceil((zone.toWall(gap.start) - day) / GRID) * GRID;
  for (let time = first; ; time += GRID) {
    const start = zone.toInstant(day + time);
    if (start + length > gap.end) return found;
    if (start >= gap.start) found.push({ start, end: start + length });
    if (time > 2 * DAY) return found;
  }
}
