import {
  decodeEntry,
  isActive,
  isTerminal,
  isTerminalEvent,
  logPath,
  runFromDoc,
  runPath,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';

/** The run when it is no longer active, or as it is after `ms`. Rejects when the storage fails. */
export function untilSettled(
  documents: Documents,
  clock: Clock,
  run: Run,
  ms: number,
  signal: AbortSignal,
): Promise<Run> {
  if (!isActive(run.status)) return Promise.resolve(run);
  return new Promise((resolve, reject) => {
    let latest = run;
    const stop = () => {
      unsubscribe();
      cancel();
      signal.removeEventListener('abort', finish);
    };
    const finish = () => {
      stop();
      resolve(latest);
    };
    const cancel = clock.after(ms, finish);
    signal.addEventListener('abort', finish, { once: true });
    const unsubscribe = documents.watch(
      runPath(run.owner, run.run_id),
      (doc) => {
        if (doc === undefined) return;
        latest = runFromDoc(doc.fields);
        // The first answer may come before `unsubscribe` is assigned.
        if (!isActive(latest.status)) queueMicrotask(finish);
      },
      (error) => {
        queueMicrotask(stop);
        reject(error);
      },
    );
  });
}

/**
 * Calls back with each log entry that holds events after `seq`, in order, none twice: first what is stored, then
 * live, until the run has ended. Whoever executes the run, the log is where it is read.
 */
export function followLog(
  documents: Documents,
  run: Pick<Run, 'owner' | 'run_id'>,
  seq: number,
  handlers: { onEntry: (entry: LogEntry) => void; onEnd: () => void; onError: (error: Error) => void },
): () => void {
  let next: number | undefined;
  const waiting = new Map<number, LogEntry>();
  return documents.watchQuery(
    {
      collection: logPath(run.owner, run.run_id),
      where: [{ field: 'last', op: '>', value: seq }],
      orderBy: [{ field: 'last', direction: 'asc' }],
    },
    (docs) => {
      for (const doc of docs) {
        const entry = decodeEntry(doc.fields);
        waiting.set(entry.from ?? entry.n, entry);
      }
      if (waiting.size === 0) return;
      // Entries are dense, so the next one to tell is known even if a later one arrived first.
      next ??= Math.min(...waiting.keys());
      for (let entry = waiting.get(next); entry !== undefined; entry = waiting.get(next)) {
        waiting.delete(next);
        next = entry.n + 1;
        handlers.onEntry(entry);
        if (entry.events.some((event) => isTerminalEvent(event))) handlers.onEnd();
      }
    },
    handlers.onError,
  );
}

/** Nothing is left to tell of a run that ended to someone who saw event `seq`. */
export function hasSeenAll(run: Run, seq: number): boolean {
  return isTerminal(run.status) && seq >= run.head.seq;
}
