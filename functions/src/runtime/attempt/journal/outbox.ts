import { jsonBytes, shorten, type Json, type NewEvent } from '@longrun/shared';
import { addToBatch } from '../../../domain/coalesce.ts';
import type { DocumentWrite } from '../../../ports/documents.ts';

/** What is committed at once: events of one log entry, and documents that become visible with them. */
export interface Batch {
  events: NewEvent[];
  staged: DocumentWrite[];
  /** Bytes of the events' JSON. */
  bytes: number;
  stagedBytes: number;
}

/** A document holds 1,048,576 bytes, an entry's events are one document. Bytes of JSON. */
const MAX_BATCH_BYTES = 400_000;
const MAX_EVENT_BYTES = 300_000;
/** A commit holds 10 MiB; this leaves room for the entry and the run's document. */
const MAX_STAGED_BYTES = 8 * 1_048_576;
const DELTA_CHARS = 50_000;

/**
 * What was pushed and is not yet written, in batches that each fit into one commit. Documents are staged right before the
 * event that reports them and are never parted from it.
 */
export class Outbox {
  #batches: Batch[] = [];

  /** Bytes of the events that wait. */
  get bytes(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.bytes, 0);
  }

  /** Commits that what waits will take. */
  get batches(): number {
    return this.#batches.length;
  }

  push(event: NewEvent): void {
    if (event.type === 'message.delta' && event.text.length > DELTA_CHARS) {
      for (const text of pieces(event.text)) this.push({ ...event, text });
      return;
    }
    const own = jsonBytes(event as Json);
    const fitting = own > MAX_EVENT_BYTES ? (shorten(event as Json) as NewEvent) : event;
    const batch = this.#current();
    addToBatch(batch.events, fitting);
    batch.bytes += own > MAX_EVENT_BYTES ? jsonBytes(fitting as Json) : own;
    if (batch.bytes > MAX_BATCH_BYTES) this.#batches.push(emptyBatch());
  }

  stage(writes: DocumentWrite[]): void {
    const bytes = writes.reduce((sum, write) => sum + sizeOf(write), 0);
    const { events, stagedBytes } = this.#current();
    if (events.length > 0 && stagedBytes + bytes > MAX_STAGED_BYTES) this.#batches.push(emptyBatch());
    const batch = this.#current();
    batch.staged.push(...writes);
    batch.stagedBytes += bytes;
  }

  /** Takes back staged documents that a later one makes superfluous. */
  unstage(isSuperfluous: (write: DocumentWrite) => boolean): void {
    for (const batch of this.#batches) {
      batch.staged = batch.staged.filter((write) => !isSuperfluous(write));
      batch.stagedBytes = batch.staged.reduce((sum, write) => sum + sizeOf(write), 0);
    }
  }

  /** The oldest batch with events, which is then no longer here. Documents without an event wait for the next one. */
  take(): Batch | undefined {
    const [first] = this.#batches;
    if (first === undefined || first.events.length === 0) return undefined;
    this.#batches.shift();
    return { ...first, staged: combined(first.staged) };
  }

  #current(): Batch {
    const last = this.#batches.at(-1);
    if (last !== undefined) return last;
    const made = emptyBatch();
    this.#batches.push(made);
    return made;
  }
}

/** One write for all that is merged into one document, as each is billed: the tasks of a step share theirs. */
function combined(writes: DocumentWrite[]): DocumentWrite[] {
  const result: DocumentWrite[] = [];
  const places = new Map<string, number>();
  for (const write of writes) {
    const place = places.get(write.path);
    const before = place === undefined ? undefined : result[place];
    if (place !== undefined && before?.op === 'merge' && write.op === 'merge') {
      Object.assign(before.fields, write.fields);
    } else {
      places.set(
        write.path,
        result.push(write.op === 'merge' ? { ...write, fields: { ...write.fields } } : write) - 1,
      );
    }
  }
  return result;
}

function emptyBatch(): Batch {
  return { events: [], staged: [], bytes: 0, stagedBytes: 0 };
}

/** No piece ends within a pair of surrogates. */
function* pieces(text: string): Iterable<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + DELTA_CHARS);
    if (to < text.length && /[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to -= 1;
    yield text.slice(from, to);
    from = to;
  }
}

/** Roughly what a write adds to its commit: its texts and bytes. */
function sizeOf(write: DocumentWrite): number {
  return write.op === 'delete' ? 0 : sizeOfValue(write.fields);
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOfValue(item), 0);
}
