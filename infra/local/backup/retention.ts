import { bytesOf, type BackupSet } from './set.ts';

/** What is kept: all of the last `hours`, then the newest of each day, then of each week. */
export interface Retention {
  hours: number;
  days: number;
  weeks: number;
  /** Of all together. */
  maxBytes: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1 January 1970 was a Thursday; weeks begin on Mondays. */
const MONDAY_MS = 3 * DAY_MS;
const FORM = /^(\d{1,4})h,(\d{1,3})d,(\d{1,3})w,(\d{1,5}(?:\.\d{1,3})?)gb$/i;

/** Reads `24h,7d,4w,10GB`. Null when it is of another form. */
export function parseRetention(text: string): Retention | null {
  const [hours, days, weeks, gigabytes] = (FORM.exec(text) ?? []).slice(1).map(Number);
  if (hours === undefined || days === undefined || weeks === undefined || !gigabytes) return null;
  return { hours, days, weeks, maxBytes: gigabytes * 1e9 };
}

/**
 * Those that may go, oldest first. One that a person asked for stays until they delete it, unless room is needed: then what
 * was made by itself goes first. The newest stays whatever is said.
 */
export function superseded(sets: readonly BackupSet[], now: number, keep: Retention): BackupSet[] {
  const newestFirst = sets.toSorted((a, b) => b.name.localeCompare(a.name));
  const taken = new Set<string>();
  const kept: BackupSet[] = [];
  const gone: BackupSet[] = [];
  for (const [i, set] of newestFirst.entries()) {
    const slot = set.kind === 'manual' ? set.name : slotOf(set, now, keep);
    const stays = i === 0 || (slot !== null && !taken.has(slot));
    if (slot !== null) taken.add(slot);
    (stays ? kept : gone).push(set);
  }
  let bytes = kept.reduce((sum, set) => sum + bytesOf(set), 0);
  const oldestFirst = kept.slice(1).toReversed();
  const byItself = (set: BackupSet): boolean => set.kind !== 'manual';
  for (const set of [...oldestFirst.filter(byItself), ...oldestFirst.filter((one) => !byItself(one))]) {
    if (bytes <= keep.maxBytes) break;
    bytes -= bytesOf(set);
    gone.push(set);
  }
  return gone.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The day or week for which it stands, or itself; null: it is older than anything that is kept. */
function slotOf(
  { name, at: time }: BackupSet,
  now: number,
  { hours, days, weeks }: Retention,
): string | null {
  const at = Date.parse(time);
  const age = now - at;
  if (age < hours * HOUR_MS) return name;
  if (age < days * DAY_MS) return `day ${Math.floor(at / DAY_MS)}`;
  if (age < weeks * 7 * DAY_MS) return `week ${Math.floor((at + MONDAY_MS) / (7 * DAY_MS))}`;
  return null;
}
