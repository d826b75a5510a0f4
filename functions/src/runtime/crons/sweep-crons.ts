import { CRONS } from '@longrun/shared';
import type { StoredDocument } from '../../ports/documents.ts';
import { log } from '../../telemetry/log.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { StartCron } from './fire.ts';

const BATCH = 200;
const AT_ONCE = 10;
/** So long a sweep takes up more; the next goes on where it stopped. Milliseconds. */
const SWEEP_MS = 30_000;

/**
 * Starts a run of every cron that is due, whoever else does the same. One that fails keeps no other waiting. Returns how many
 * runs were started.
 */
export async function sweepCrons(store: RunStore, start: StartCron): Promise<number> {
  const now = store.clock.now();
  let started = 0;
  let after: StoredDocument | undefined;
  do {
    const page = await due(store, now, after);
    if (page.length > 0) started += await fireAll(store, page, start);
    after = page.length < BATCH ? undefined : page.at(-1);
  } while (after !== undefined && store.clock.now() < now + SWEEP_MS);
  if (started > 0) log.info('Crons started runs.', { started });
  return started;
}

function due(store: RunStore, now: number, after: StoredDocument | undefined): Promise<StoredDocument[]> {
  return store.documents.query({
    collection: CRONS,
    group: true,
    where: [{ field: 'next_run_at', op: '<=', value: new Date(now).toISOString() }],
    orderBy: [
      { field: 'next_run_at', direction: 'asc' },
      { field: '__name__', direction: 'asc' },
    ],
    ...(after === undefined ? {} : { startAfter: [after.fields['next_run_at'] ?? null, after.path] }),
    limit: BATCH,
    select: ['next_run_at'],
  });
}

async function fireAll(store: RunStore, page: StoredDocument[], start: StartCron): Promise<number> {
  // Knows cron expressions, which most sweeps have no use for.
  const { fire } = await import('./fire.ts');
  let started = 0;
  const left = [...page];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      try {
        if (await fire(store, next.path, start)) started += 1;
      } catch (error) {
        log.error('A cron could not be looked at; it is tried again.', error, { path: next.path });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return started;
}
