import type { Clock } from '../ports/clock.ts';
import { CommitConflict, type Documents, type DocumentWrite } from '../ports/documents.ts';

/** A clock that moves when it is told to. */
export function handClock(start = Date.parse('2026-11-21T12:00:00.000Z')): Pick<Clock, 'now'> & {
  pass(ms: number): void;
} {
  let now = start;
  return { now: () => now, pass: (ms) => void (now += ms) };
}

/** Notes every write that was committed; `refuse` makes those that it picks fail, as a storage that does not answer. */
export function recorded(
  documents: Documents,
  refuse: (write: DocumentWrite) => boolean = () => false,
): { documents: Documents; writes: DocumentWrite[] } {
  const writes: DocumentWrite[] = [];
  return {
    writes,
    documents: {
      ...documents,
      async commit(batch) {
        if (batch.some(refuse)) throw new CommitConflict('changed');
        await documents.commit(batch);
        writes.push(...batch);
      },
    },
  };
}
