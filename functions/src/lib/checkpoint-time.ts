/** 100 ns units between the start of the Gregorian calendar, from which UUIDs count, and 1970. */
const GREGORIAN = 122_192_928_000_000_000n;
const UUID6 = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-/;

/**
 * When a checkpoint was made, by the clock of the machine that made it: its id is a UUID of version 6 (RFC 9562), which
 * begins with the time. Milliseconds since 1970; 0 for an id of another kind.
 */
export function checkpointTime(id: string): number {
  const [, high, mid, low] = UUID6.exec(id) ?? [];
  if (high === undefined || mid === undefined || low === undefined) return 0;
  return Number((BigInt(`0x${high}${mid}${low}`) - GREGORIAN) / 10_000n);
}
