import type { Interval } from '../time/interval.ts';
import { DAY, HOUR, MINUTE, startOfDay, timeText, type Wall } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' });
const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const WITH_YEAR = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** `Saturday 28 November`; with the year when it is not that of `now`. */
export function dayWords(day: Wall, now: Wall): string {
  const far = new Date(day).getUTCFullYear() !== new Date(now).getUTCFullYear();
  return far ? `${WEEKDAY.format(day)} ${WITH_YEAR.format(day)}` : DATE.format(day).replace(',', '');
}

/** `Saturday 28 November, 10:00–11:00` */
export function slotWords({ start, end }: Interval, zone: Zone, now: Instant, allDay = false): string {
  const [from, to, today] = [zone.toWall(start), zone.toWall(end), zone.toWall(now)];
  const day = dayWords(from, today);
  if (allDay) return to - from > DAY ? `${day} – ${dayWords(to - DAY, today)}, all day` : `${day}, all day`;
  const last = startOfDay(from) === startOfDay(to - 1) ? '' : `${dayWords(to, today)}, `;
  return `${day}, ${timeText(from)}–${last}${timeText(to)}`;
}

/** `10:00–11:00` */
export function hoursWords({ start, end }: Interval, zone: Zone): string {
  return `${timeText(zone.toWall(start))}–${timeText(zone.toWall(end))}`;
}

/** `45 minutes`, `1 hour`, `1 hour 30 minutes` */
export function lengthWords(ms: number): string {
  const hours = Math.floor(ms / HOUR);
  const minutes = Math.round((ms - hours * HOUR) / MINUTE);
  const parts = [counted(hours, 'hour'), counted(minutes, 'minute')].filter((part) => !part.startsWith('0 '));
  return parts.length === 0 ? 'no time' : parts.join(' ');
}

function counted(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

/** How one time lies to another: `1 hour later`, `same time on Sunday 29 November`. */
export function movedWords(from: Instant, to: Instant, zone: Zone, now: Instant): string {
  const [a, b] = [zone.toWall(from), zone.toWall(to)];
  if (startOfDay(a) === startOfDay(b)) {
    return b === a ? 'at the same time' : `${lengthWords(Math.abs(b - a))} ${b > a ? 'later' : 'earlier'}`;
  }
  const days = Math.round((startOfDay(b) - startOfDay(a)) / DAY);
  const apart = Math.abs(days) === 1 ? 'one day' : `${Math.abs(days)} days`;
  const when = `${apart} ${days > 0 ? 'later' : 'earlier'}`;
  return b - startOfDay(b) === a - startOfDay(a)
    ? `the same time, ${when}`
    : `${when}, on ${dayWords(b, zone.toWall(now))}`;
}

export function list(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}

/** `the car` */
export function theThing(resource: string): string {
  return `the ${resource.charAt(0).toLowerCase()}${resource.slice(1)}`;
}

/** Text from a calendar or a request must not become markup of the answer. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[[\]<>*_#|\\`~&]/g, String.raw`\$&`);
}
