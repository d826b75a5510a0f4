import * as z from 'zod/mini';
import { eventOf, storedEvent, type RunEvent } from './events.ts';
import { FORMAT, newerFormat } from './format.ts';

/**
 * One document of a run's log. Entries are dense from 0 and immutable, until the ended run's log is compacted: then an
 * entry holds the events of all from `from` to `n`. The events are one JSON text: it is
 * never queried, so it needs no index, and it can hold what Firestore's maps cannot.
 */
export const logEntrySchema = z.object({
  n: z.int(),
  /** The first entry whose events this one holds; itself when absent. */
  from: z.optional(z.int()),
  /** Who wrote it, and which of its writes this was: how a writer recognises its own entry after a lost answer. */
  writer: z.string(),
  nonce: z.string(),
  first: z.int(),
  last: z.int(),
  at: z.string(),
  /** Absent: 1. */
  format: z.optional(z.int()),
  body: z.string(),
});

export interface LogEntry {
  n: number;
  from?: number;
  writer: string;
  nonce: string;
  /** The format in which it is stored, if that is newer than what is known here: not all of it is understood. */
  newerFormat?: number;
  events: RunEvent[];
}

export function encodeEntry(entry: LogEntry): { [field: string]: string | number } {
  const first = entry.events[0];
  const last = entry.events.at(-1);
  if (first === undefined || last === undefined) throw new Error('A log entry holds at least one event.');
  return {
    n: entry.n,
    ...(entry.from === undefined ? {} : { from: entry.from }),
    writer: entry.writer,
    nonce: entry.nonce,
    first: first.seq,
    last: last.seq,
    at: new Date(last.at).toISOString(),
    format: entry.newerFormat ?? FORMAT,
    body: JSON.stringify(entry.events.map(storedEvent)),
  };
}

const bodySchema = z.array(z.unknown());

/** Throws ZodError when the document is not a log entry. Events that are not understood are kept as they are. */
export function decodeEntry(data: unknown): LogEntry {
  const doc = logEntrySchema.parse(data);
  const newer = newerFormat(doc);
  const events = bodySchema.parse(JSON.parse(doc.body)).map((event) => eventOf(event, newer !== undefined));
  const { n, from, writer, nonce } = doc;
  return {
    n,
    ...(from === undefined ? {} : { from }),
    writer,
    nonce,
    ...(newer === undefined ? {} : { newerFormat: newer }),
    events,
  };
}
