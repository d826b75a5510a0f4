import { isTerminal, runPath, RUNS } from '@longrun/shared';
import { LEASE_MS, SWEEP_AGAIN_MS, TURN_CHECK_MS } from '../../domain/limits.ts';
import { CommitConflict, type DocumentQuery } from '../../ports/documents.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { isShareTaken } from '../../quotas/share.ts';
import { log } from '../../telemetry/log.ts';
import { dispatch } from '../runs/dispatch.ts';
import type { LoadedRun, RunStore } from '../runs/run-store.ts';
import { isWaiting, stopSuperseded } from '../runs/thread-queue.ts';

/** Of each kind, in one sweep. */
const BATCH = 200;

/**
 * Enqueues every run to which something should have happened by now: its task was never created or got lost, or its worker
 * died. Those whose worker died come first, whatever else waits. Each is put off before it is enqueued, so that the next
 * sweep finds others. A task too many is harmless, so this needs no care about who else does it. Returns how many were
 * enqueued.
 */
export async function sweep(store: RunStore, queue: TaskQueue): Promise<number> {
  let enqueued = 0;
  for (const which of [DEAD, ANY]) {
    for (const { uid, runId } of await due(store, which)) {
      try {
        const loaded = await store.load(uid, runId);
        if (loaded !== undefined && (await enqueue(store, queue, loaded))) enqueued += 1;
      } catch (error) {
        // One that cannot be read keeps nobody else waiting.
        log.error('A run could not be looked at.', error, { run_id: runId });
      }
    }
  }
  if (enqueued > 0) log.info('Runs were enqueued again.', { enqueued });
  return enqueued;
}

/** Runs whose holder died; and whatever else is due, also in a state that only a newer version knows. */
type Filters = NonNullable<DocumentQuery['where']>;
const DEAD: Filters = [{ field: 'status', op: '==', value: 'running' }];
const ANY: Filters = [];

async function due(store: RunStore, which: Filters): Promise<{ uid: string; runId: string }[]> {
  const found = await store.documents.query({
    collection: RUNS,
    group: true,
    where: [...which, { field: 'wake_at', op: '<=', value: new Date(store.clock.now()).toISOString() }],
    orderBy: [{ field: 'wake_at', direction: 'asc' }],
    limit: BATCH,
    select: ['owner', 'run_id'],
  });
  return found.map(({ fields }) => ({ uid: String(fields['owner']), runId: String(fields['run_id']) }));
}

async function enqueue(store: RunStore, queue: TaskQueue, loaded: LoadedRun): Promise<boolean> {
  const { run, lastEntryAt } = loaded;
  const now = store.clock.now();
  if (isTerminal(run.status) || run.status === 'interrupted') return false;
  if (run.status === 'running' && lastEntryAt + LEASE_MS > now) return false;
  if (await isWaiting(store, run)) {
    await stopSuperseded(store, queue, run);
    await putOff(store, loaded, TURN_CHECK_MS);
    return false;
  }
  if (await isShareTaken(store, loaded)) {
    await putOff(store, loaded, TURN_CHECK_MS);
    return false;
  }
  // Of a run that a newer version wrote nothing is changed; its task goes to a worker of that version.
  if (loaded.newer) return await dispatch(queue, run, `sweep ${Math.floor(now / SWEEP_AGAIN_MS)}`);
  const again = run.status === 'running' ? LEASE_MS : SWEEP_AGAIN_MS;
  if (!(await putOff(store, loaded, again))) return false;
  // A new name every period: the queue remembers the name of a task that was delivered in vain.
  if (await dispatch(queue, run, `sweep ${Math.floor(now / again)}`)) return true;
  await putOff(store, await store.require(run.owner, run.run_id), 0);
  return false;
}

/** False when it was changed or removed meanwhile: whoever did that named a new time. */
async function putOff(store: RunStore, { run, version }: LoadedRun, ms: number): Promise<boolean> {
  const wake_at = new Date(store.clock.now() + ms).toISOString();
  try {
    await store.documents.commit([
      { op: 'update', path: runPath(run.owner, run.run_id), version, fields: { wake_at } },
    ]);
    return true;
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return false;
  }
}
