/**
 * Uploads in several requests. Source: https://cloud.google.com/storage/docs/performing-resumable-uploads. Sessions live as long as
 * the server: a client whose session is gone (404) begins anew.
 */
import { randomUUID } from 'node:crypto';
import type { Conditions } from './conditions.ts';
import { invalid, StorageApiError } from './errors.ts';
import type { Checksums, Settable } from './object.ts';

const MAX_SESSIONS = 100;
const MAX_OBJECT_BYTES = 256 * 1024 * 1024;
const IDLE_MS = 3_600_000;

export interface Session {
  name: string;
  settings: Settable;
  expected: Partial<Checksums>;
  conditions: Conditions;
}

interface Open extends Session {
  chunks: Buffer[];
  length: number;
  usedAt: number;
}

/** Where a chunk belongs; `total`: of the object, once the client knows it. */
interface Range {
  start: number | undefined;
  total: number | undefined;
}

export type Progress =
  { kind: 'more'; length: number } | { kind: 'complete'; session: Session; content: Buffer };

export class ResumableUploads {
  readonly #open = new Map<string, Open>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(session: Session): string {
    for (const [id, { usedAt }] of this.#open) if (this.#now() - usedAt > IDLE_MS) this.#open.delete(id);
    if (this.#open.size >= MAX_SESSIONS) {
      throw new StorageApiError(
        429,
        'rateLimitExceeded',
        `At most ${MAX_SESSIONS} uploads may be under way.`,
      );
    }
    const id = randomUUID();
    this.#open.set(id, { ...session, chunks: [], length: 0, usedAt: this.#now() });
    return id;
  }

  /** `contentRange`: the header; a range without bytes asks how far it is. */
  add(id: string, contentRange: string | undefined, content: Buffer): Progress {
    const open = this.#require(id);
    open.usedAt = this.#now();
    const { start, total } = parseRange(contentRange, content.length);
    if (start === undefined) {
      // A question, or the end of an upload whose length was not known before.
      return total !== undefined && total === open.length
        ? this.#complete(id, open)
        : { kind: 'more', length: open.length };
    }
    if (start > open.length) {
      throw new StorageApiError(
        503,
        'backendError',
        `The upload holds ${open.length} bytes; byte ${start} comes too early.`,
      );
    }
    // A chunk may come twice: what is there already is left as it is.
    const fresh = content.subarray(open.length - start);
    if (open.length + fresh.length > MAX_OBJECT_BYTES || (total ?? 0) > MAX_OBJECT_BYTES) {
      this.#open.delete(id);
      throw new StorageApiError(
        413,
        'uploadTooLarge',
        `An object has at most ${MAX_OBJECT_BYTES} bytes here.`,
      );
    }
    if (fresh.length > 0) open.chunks.push(fresh);
    open.length += fresh.length;
    if (total !== undefined && open.length > total)
      throw invalid('The upload is longer than its Content-Range said.');
    return open.length === total ? this.#complete(id, open) : { kind: 'more', length: open.length };
  }

  cancel(id: string): void {
    this.#require(id);
    this.#open.delete(id);
  }

  /** The session stays until the object is stored: a precondition may fail, and the client may ask again. */
  done(id: string): void {
    this.#open.delete(id);
  }

  #complete(_id: string, open: Open): Progress {
    return { kind: 'complete', session: open, content: Buffer.concat(open.chunks) };
  }

  #require(id: string): Open {
    const open = this.#open.get(id);
    if (open === undefined)
      throw new StorageApiError(404, 'notFound', 'There is no such upload; begin it anew.');
    return open;
  }
}

/** `bytes 0-99/1000`, `bytes 0-99/*`, `bytes 0-*` of any, or a star for the bytes; without one the content is all there is. */
function parseRange(header: string | undefined, length: number): Range {
  if (header === undefined) return { start: 0, total: length };
  const [, first, last, total] =
    /^bytes (?:(\d{1,15})-(\d{1,15}|\*)|\*)\/(\d{1,15}|\*)$/.exec(header.trim()) ?? [];
  if (total === undefined) throw invalid(`Content-Range "${header}" is malformed.`);
  const isOpen = last === '*';
  const whole = Number(total);
  if (first === undefined) return { start: undefined, total: Number.isNaN(whole) ? undefined : whole };
  const start = Number(first);
  if (!isOpen && Number(last) !== start + length - 1)
    throw invalid('The content does not fit its Content-Range.');
  // `0-*` of an unknown whole: the request's end is the object's.
  return { start, total: Number.isNaN(whole) ? (isOpen ? start + length : undefined) : whole };
}
