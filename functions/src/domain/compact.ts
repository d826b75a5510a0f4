import { traitsOf, type LogEntry } from '@longrun/shared';

/** Fewer entries than this are not worth the writes. */
const MIN_ENTRIES = 4;
/** Far below the 1,048,576 bytes that a document may hold. Bytes of JSON. */
const MAX_BYTES = 700_000;
/** A commit deletes what one entry replaces. */
const MAX_ENTRIES = 400;

/**
 * The few large entries that stand for the log of an ended run. Each has the number of its last one, so that whoever
 * reads on from any entry finds what follows it. Nothing is returned when nothing would be gained.
 */
export function compacted(entries: LogEntry[]): LogEntry[] {
  if (entries.length < MIN_ENTRIES || !everyWriterLetGo(entries)) return [];
  if (entries.some(({ newerFormat }) => newerFormat !== undefined)) return [];
  const made: LogEntry[] = [];
  let group: LogEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry.events));
    if (group.length > 0 && (bytes + size > MAX_BYTES || group.length >= MAX_ENTRIES)) {
      made.push(merged(group));
      group = [];
      bytes = 0;
    }
    group.push(entry);
    bytes += size;
  }
  return [...made, merged(group)].filter(({ n, from = n }) => from < n);
}

function merged(group: LogEntry[]): LogEntry {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A group holds at least one entry.');
  return { ...last, from: first.from ?? first.n, events: group.flatMap(({ events }) => events) };
}

/**
 * Whether each attempt ended by its own hand. The log keeps a worker that was thought dead from writing by having the
 * entry that it would create, so the log of a run that was taken from someone stays as it is.
 */
function everyWriterLetGo(entries: LogEntry[]): boolean {
  let holder: string | null = null;
  for (const { writer, events } of entries) {
    for (const event of events) {
      if (event.type === 'attempt.started') {
        if (holder !== null) return false;
        holder = `${event.worker}:${event.attempt}`;
      } else if (traitsOf(event).attempt === 'ends') {
        if (holder !== null && holder !== writer) return false;
        holder = null;
      }
    }
  }
  return holder === null;
}
