import type { Timestamp } from '../../engine/types.ts';

const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/i;

/** Undefined when the text is no RFC 3339 time. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const [, whole, fraction = '', zone] = RFC3339.exec(text) ?? [];
  const millis = Date.parse(`${whole ?? ''}${zone ?? ''}`);
  if (Number.isNaN(millis)) return undefined;
  return { seconds: String(millis / 1000), nanos: Number(fraction.padEnd(9, '0')) };
}

/** RFC 3339 in UTC with as many digits as needed: 0, 3, 6 or 9. */
export function formatTimestamp({ seconds = 0, nanos = 0 }: Timestamp): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}${fraction(nanos)}Z`;
}

/** `1.500s`. Not negative. */
export const formatDuration = ({ seconds = 0, nanos = 0 }: Timestamp): string =>
  `${String(seconds)}${fraction(nanos)}s`;

function fraction(nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,3}$/, '');
  return digits === '' ? '' : `.${digits}`;
}
