/** Times and sizes as a person at a terminal reads them. */
import type { Healed } from '../../local/backup/heal.ts';

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export function span(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** What an automatic restore did, and what it could not bring back. */
export function healedText({ file, was, from, aside, passedOver }: Healed, now: number): string {
  return [
    `${file} ${was}: restored from the backup ${from.name}.`,
    `  What was stored between ${from.at} and now (${span(now - Date.parse(from.at))}) is lost in this file.`,
    ...(was === 'is missing' ? [] : [`  The file as it was found lies in ${aside}.`]),
    ...passedOver.map((reason) => `  A newer backup could not be used: ${reason}`),
    '',
  ].join('\n');
}
