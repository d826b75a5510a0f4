import { TraceError } from './errors.ts';

const RFC_3339 = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 in UTC with nine digits of a second. Throws INVALID_ARGUMENT for anything else. */
export function normalTimestamp(value: unknown, field: string): string {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  const [, seconds = '', fraction = '', zone = ''] = match ?? [];
  const ms = Date.parse(`${seconds}${zone}`.toUpperCase());
  if (match === null || Number.isNaN(ms) || ms < 0 || !/^\d/.test(new Date(ms).toISOString())) {
    throw TraceError.invalid(`${field} must be a time such as 2026-01-31T23:59:59.123456789Z.`);
  }
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}

/** Milliseconds since 1970 with fractions, of a time in the form above. */
export function timestampMs(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) + Number(time.slice(20, 29)) / 1e6;
}
