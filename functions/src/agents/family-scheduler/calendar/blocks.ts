import { overlaps, type Interval } from '../time/interval.ts';
import { DAY, startOfDay, type Wall } from '../time/wall.ts';
import type { Instant } from '../time/zone.ts';
import { endOf, type Entry } from './entry.ts';
import { occurrences, type Budget } from './rule.ts';

/** One occurrence of an event. */
export interface Block extends Interval {
  uid: string;
  title: string;
  people: string[];
  resources: string[];
  allDay: boolean;
  floating: boolean;
  /** Keeps nobody busy. */
  transparent: boolean;
  /** May be moved to make room. */
  flexible: boolean;
  /** Where the repeating event has it; null for an event that happens once. */
  occurrence: Instant | null;
}

/** Days that all repeating events together may be followed through; takes about a second. */
const BUDGET_DAYS = 1_000_000;

/**
 * What happens within the window, in order: repetitions expanded, changed occurrences in the place of the original,
 * cancelled ones left out. Throws TooManyRepetitions.
 */
export function blocksWithin(entries: readonly Entry[], window: Interval): Block[] {
  const budget: Budget = { days: BUDGET_DAYS };
  const blocks: Block[] = [];
  for (const versions of Map.groupBy(entries, ({ uid }) => uid).values()) {
    const changes = newest(versions.filter(({ replaces }) => replaces !== null));
    const [event] = newest(versions.filter(({ replaces }) => replaces === null));
    if (event !== undefined) blocks.push(...unchanged(event, changes, window, budget));
    for (const change of changes) {
      if (change.andFuture && event !== undefined) continue;
      if (!change.cancelled) blocks.push(blockOf(change, change.start));
    }
  }
  return blocks
    .filter((block) => overlaps(block, window))
    .sort((a, b) => a.start - b.start || a.title.localeCompare(b.title));
}

/** Of several versions of one event or occurrence, that with the highest SEQUENCE, or else the last. */
function newest(entries: Entry[]): Entry[] {
  const byPlace = new Map<Instant | null, Entry>();
  for (const entry of entries) {
    const known = byPlace.get(entry.replaces);
    if (known === undefined || known.sequence <= entry.sequence) byPlace.set(entry.replaces, entry);
  }
  return [...byPlace.values()];
}

/** The occurrences of an event that have no version of their own. */
function unchanged(event: Entry, changes: Entry[], window: Interval, budget: Budget): Block[] {
  if (event.cancelled) return [];
  const own = new Set(changes.filter(({ andFuture }) => !andFuture).map(({ replaces }) => replaces));
  const onward = changes
    .filter(({ andFuture }) => andFuture)
    .sort((a, b) => (a.replaces ?? 0) - (b.replaces ?? 0));
  const margin = reach(event, onward);
  const within = {
    from: event.zone.toWall(window.start) - margin,
    to: event.zone.toWall(window.end) + margin,
  };
  const starts =
    event.rule === null ? [event.start] : [...occurrences(event.rule, event.start, within, budget)];
  const regular = starts.map((start) => ({
    start,
    at: event.zone.toInstant(start),
    end: null as Instant | null,
  }));
  const extra = event.extra.map(({ start, end }) => ({ start: event.zone.toWall(start), at: start, end }));
  const seen = new Set<Instant>();
  return [...regular, ...extra].flatMap(({ start, at, end }) => {
    if (seen.has(at) || own.has(at) || isExcluded(event, start, at)) return [];
    seen.add(at);
    const change = onward.findLast(({ replaces }) => replaces !== null && replaces <= at);
    if (change?.cancelled === true) return [];
    const repeats = event.rule !== null || event.extra.length > 0;
    const block =
      change === undefined ? blockOf(event, start) : blockOf(change, start + shift(event, change));
    return [{ ...block, occurrence: repeats ? at : null, end: end ?? block.end }];
  });
}

function blockOf(entry: Entry, start: Wall): Block {
  const { uid, title, people, resources, allDay, floating, transparent, flexible, replaces } = entry;
  const what = { uid, title, people, resources, allDay, floating, transparent, flexible };
  return { ...what, occurrence: replaces, start: entry.zone.toInstant(start), end: endOf(start, entry) };
}

function isExcluded({ except, exceptDays }: Entry, start: Wall, at: Instant): boolean {
  return except.has(at) || exceptDays.has(startOfDay(start));
}

/** By how much a change "from here on" moves each occurrence, on the clocks of the event. */
function shift(event: Entry, change: Entry): number {
  const to = event.zone.toWall(change.zone.toInstant(change.start));
  return to - event.zone.toWall(change.replaces ?? 0);
}

/** How far from the window an occurrence may begin and still lie in it. */
function reach(event: Entry, changes: Entry[]): number {
  const lengths = [event, ...changes].map(({ length }) => (length.days + 1) * DAY + length.ms);
  const shifts = changes.map((change) => Math.abs(shift(event, change)));
  return Math.max(...lengths) + Math.max(0, ...shifts);
}
