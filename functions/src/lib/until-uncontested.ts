import { LongrunError } from '@longrun/shared';
import type { Clock } from '../ports/clock.ts';
import { CommitConflict } from '../ports/documents.ts';

/** Beyond what dozens of writers of one document need. */
const MAX_RACES = 40;
const MAX_PAUSE_MS = 400;

/**
 * Does `once`, which reads and commits, again for as long as someone else is quicker. Throws `unavailable` when that never
 * ends, and everything but a CommitConflict that `once` throws.
 */
export async function untilUncontested<T>(clock: Pick<Clock, 'after'>, once: () => Promise<T>): Promise<T> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
    const pause = Math.ceil(Math.random() * Math.min(MAX_PAUSE_MS, 10 * 2 ** race));
    await new Promise<void>((resolve) => clock.after(pause, resolve));
  }
  throw new LongrunError('unavailable', 'This is changing too quickly; try again.');
}
