import type ICAL from 'ical.js';
import { wall, type Wall } from '../time/wall.ts';

/** The figures of an ical.js time, whatever its zone. */
export function wallOf({ year, month, day, hour, minute, second }: ICAL.Time): Wall {
  return wall(year, month, day, hour, minute, second);
}
