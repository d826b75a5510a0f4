import { isTerminal, runPath, RUNS } from '@longrun/shared';
import { DISPATCH_GRACE_MS, LEASE_MS, TURN_CHECK_MS } from '../../domain/limits.ts';
import { CommitConflict } from '../../ports/documents.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { isShareTaken } from '../../quotas/share.ts';
import { log } from '../../telemetry/log.ts';
import { dispatch } from '../runs/dispatch.ts';
import type { LoadedRun, RunStore } from '../runs/run-store.ts';
import { isWaiting, stopSuperseded } from '../runs/thread-queue.ts';

const BATCH = 200;

/**
 * Enqueues every run to which something should have happened by now: its task was never created or got lost,
 * or its worker died. A task too many is harmless, so this needs no care about who else does it. Returns how
 * many were enqueued.
 */
export async function sweep(store: RunStore, queue: TaskQueue): Promise<number> {
  const now = store.clock.now();
  const due = await store.documents.query({
    collection: RUNS,
    group: true,
    where: [{ field: 'wake_at', op: '<=', value: new Date(now).toISOString() }],
    orderBy: [{ field: 'wake_at', direction: 'asc' }],
    limit: BATCH,
    select: ['owner', 'run_id'],
  });
  let enqueued = 0;
  for (const { fields } of due) {
    const loaded = await store.load(String(fields['owner']), String(fields['run_id']));
    if (loaded === undefined || isTerminal(loaded.run.status)) continue;
    if (loaded.run.status === 'running' && loaded.sign.lastEntryAt + LEASE_MS > now) continue;
    if (await isWaiting(store, loaded.run)) {
      await stopSuperseded(store, queue, loaded.run);
      await postpone(store, loaded);
      continue;
    }
    if (await isShareTaken(store, loaded)) {
      await postpone(store, loaded);
      continue;
    }
    // A new name every period: the queue remembers the name of a task that was delivered in vain.
    await dispatch(queue, loaded.run, String(Math.floor(now / DISPATCH_GRACE_MS)));
    enqueued += 1;
  }
  if (enqueued > 0) log.info('Runs were enqueued again.', { enqueued });
  return enqueued;
}

/** A run that waits for its turn needs no task; it is looked at again in a while, should its turn be missed. */
async function postpone(store: RunStore, { run, version }: LoadedRun): Promise<void> {
  const due = new Date(store.clock.now() + TURN_CHECK_MS).toISOString();
  try {
    await store.documents.commit([
      { op: 'update', path: runPath(run.owner, run.run_id), version, fields: { wake_at: due } },
    ]);
  } catch (error) {
    // Removed meanwhile, or its turn came: whoever wrote it named a new time.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
