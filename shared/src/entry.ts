import * as z from 'zod/mini';
import { runEventSchema, type RunEvent } from './events.ts';

/**
 * One document of a run's log. Entries are dense from 0 and immutable. The events are one JSON text: it is
 * never queried, so it needs no index, and it can hold what Firestore's maps cannot.
 */
export const logEntrySchema = z.object({
  n: z.int(),
  /** Who wrote it, and which of its writes this was: how a writer recognises its own entry after a lost answer. */
  writer: z.string(),
  nonce: z.string(),
  first: z.int(),
  last: z.int(),
  at: z.string(),
  body: z.string(),
});
export type LogEntryDoc = z.infer<typeof logEntrySchema>;

export interface LogEntry {
  n: number;
  writer: string;
  nonce: string;
  events: RunEvent[];
}

export function encodeEntry(entry: LogEntry): LogEntryDoc {
  const first = entry.events[0];
  const last = entry.events.at(-1);
  if (first === undefined || last === undefined) throw new Error('A log entry holds at least one event.');
  return {
    n: entry.n,
    writer: entry.writer,
    nonce: entry.nonce,
    first: first.seq,
    last: last.seq,
    at: new Date(last.at).toISOString(),
    body: JSON.stringify(entry.events),
  };
}

const bodySchema = z.array(runEventSchema);

/** Throws ZodError when the document is not a log entry. */
export function decodeEntry(data: unknown): LogEntry {
  const doc = logEntrySchema.parse(data);
  const events = bodySchema.parse(JSON.parse(doc.body));
  return { n: doc.n, writer: doc.writer, nonce: doc.nonce, events };
}
