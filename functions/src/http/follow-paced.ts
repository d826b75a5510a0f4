import { decodeEntry, isTerminalEvent, logPath, type LogEntry, type Run } from '@longrun/shared';
import type { Documents, StoredDocument } from '../ports/documents.ts';
import { followLog } from './follow.ts';

/** Entries that are read at once: few of those that may have a megabyte, more when they turn out to be small. */
const PAGE = 4;
const LARGE_PAGE = 16;
const SMALL_BYTES = 250_000;
/** A listener keeps all that it ever heard; after this much another one takes over from where it is. Bytes. */
const MAX_HEARD = 1_000_000;

export interface Paced {
  onEntry: (entry: LogEntry) => void;
  onEnd: () => void;
  onError: (error: Error) => void;
  /** Resolves when the reader has taken what it was given. */
  ready: () => Promise<void>;
  /** How much was read of the log and not yet given to the reader. Bytes. */
  onHeld: (bytes: number) => void;
  loading: <T>(load: () => Promise<T>) => Promise<T>;
}

/** As `followLog`, but what is stored already is read page by page, and no faster than the reader takes it. */
export function followPaced(
  documents: Documents,
  run: Pick<Run, 'owner' | 'run_id'>,
  seq: number,
  to: Paced,
): () => void {
  let seen = seq;
  const stopping = new AbortController();
  const { signal } = stopping;
  let unsubscribe = () => {};
  const stop = () => {
    stopping.abort();
    unsubscribe();
  };
  const give = (entry: LogEntry) => {
    seen = entry.events.at(-1)?.seq ?? seen;
    to.onEntry(entry);
  };

  const replay = async (): Promise<void> => {
    for (let size = PAGE; !signal.aborted;) {
      const page = await to.loading(() =>
        signal.aborted
          ? Promise.resolve([])
          : documents.query({
              collection: logPath(run.owner, run.run_id),
              where: [{ field: 'last', op: '>', value: seen }],
              orderBy: [{ field: 'last', direction: 'asc' }],
              limit: size,
            }),
      );
      const isLast = page.length < size;
      const bytes = bytesOf(page);
      size = bytes > SMALL_BYTES ? PAGE : LARGE_PAGE;
      for (let doc = page.shift(); doc !== undefined && !signal.aborted; doc = page.shift()) {
        const entry = decodeEntry(doc.fields);
        to.onHeld(bytesOf(page));
        give(entry);
        await to.ready();
        if (entry.events.some((event) => isTerminalEvent(event))) return end();
      }
      if (isLast) return;
    }
  };
  const end = () => {
    if (signal.aborted) return;
    stop();
    to.onEnd();
  };
  const go = async (): Promise<void> => {
    try {
      await replay();
    } catch (error) {
      if (!signal.aborted) to.onError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!signal.aborted) listen();
  };
  const listen = () => {
    let heard = 0;
    unsubscribe = followLog(documents, run, seen, {
      onEntry: (entry) => {
        if (signal.aborted) return;
        give(entry);
        const before = heard;
        heard += JSON.stringify(entry.events).length;
        // The first answer may come before `unsubscribe` is assigned.
        if (before <= MAX_HEARD && heard > MAX_HEARD)
          queueMicrotask(() => {
            unsubscribe();
            void go();
          });
      },
      onEnd: end,
      onError: to.onError,
    });
    if (signal.aborted) unsubscribe();
  };
  void go();
  return stop;
}

function bytesOf(page: StoredDocument[]): number {
  return page.reduce((sum, { fields }) => sum + String(fields['body'] ?? '').length, 0);
}
