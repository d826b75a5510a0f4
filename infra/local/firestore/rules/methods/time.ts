import { duration, int, timestamp } from '../value.ts';
import type { MethodTable } from './method-table.ts';

const MILLISECOND = 1_000_000n; // in nanoseconds
const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const DAY_MS = 86_400_000;

/** Calendar parts are UTC; Monday is day 1 of the week. */
export const TIMESTAMP: MethodTable<bigint> = {
  date: [0, (nanos) => timestamp(nanos - modulo(nanos, DAY))],
  time: [0, (nanos) => duration(modulo(nanos, DAY))],
  year: [0, (nanos) => int(dateOf(nanos).getUTCFullYear())],
  month: [0, (nanos) => int(dateOf(nanos).getUTCMonth() + 1)],
  day: [0, (nanos) => int(dateOf(nanos).getUTCDate())],
  dayOfWeek: [0, (nanos) => int(dateOf(nanos).getUTCDay() || 7)],
  dayOfYear: [0, (nanos) => int(dayOfYear(dateOf(nanos)))],
  hours: [0, (nanos) => int(dateOf(nanos).getUTCHours())],
  minutes: [0, (nanos) => int(dateOf(nanos).getUTCMinutes())],
  seconds: [0, (nanos) => int(dateOf(nanos).getUTCSeconds())],
  nanos: [0, (nanos) => int(modulo(nanos, SECOND))],
  toMillis: [0, (nanos) => int(dateOf(nanos).getTime())],
};

export const DURATION: MethodTable<bigint> = {
  seconds: [0, (nanos) => int(nanos / SECOND)],
  nanos: [0, (nanos) => int(nanos % SECOND)],
};

const dateOf = (nanos: bigint): Date => new Date(Number((nanos - modulo(nanos, MILLISECOND)) / MILLISECOND));
const modulo = (value: bigint, base: bigint): bigint => ((value % base) + base) % base;
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
