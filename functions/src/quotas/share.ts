import { runPath, runsPath, type Run } from '@longrun/shared';
import { TURN_CHECK_MS } from '../domain/limits.ts';
import { CommitConflict } from '../ports/documents.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { dispatch } from '../runtime/runs/dispatch.ts';
import type { LoadedRun, RunStore } from '../runtime/runs/run-store.ts';
import { countRunning } from './active.ts';
import { readPlaces } from './places.ts';
import { shareFields, shareOf, type Share } from './share-fields.ts';

/*
 * One user's runs hold a part of the workers at most, whatever order the queue delivers tasks in:
 *
 *   state of a pending run       in its document      who goes on with it
 *   has a task                   waits_since null     the queue
 *   waits for its user's share   waits_since set      whoever ends or interrupts a run of that user; the sweeper
 *   waits for its thread         queued               whoever ends the run before it; the sweeper
 *
 *   created, share is free       -> has a task
 *   created, share is taken      -> waits for its share
 *   task arrives, share is taken -> waits for its share (an answer, a retry, a thread's turn: they came without asking)
 *   task arrives, share is free  -> running
 *
 * Whoever begins to wait looks once more afterwards, so a place that became free in between is not missed.
 */

/** A user with more than this waits for more than one end. */
const MAX_READ = 1_000;

/** Enqueues as many of the user's waiting runs as have a place, the oldest first. Doing it twice has no effect. */
export async function dispatchWaiting(store: RunStore, queue: TaskQueue, uid: string): Promise<void> {
  const { documents } = store;
  const [first] = await documents.query({
    collection: runsPath(uid),
    where: [{ field: 'waits_since', op: '>', value: '' }],
    orderBy: [{ field: 'waits_since', direction: 'asc' }],
    limit: 1,
    select: ['share'],
  });
  const limit = first === undefined ? null : shareOf(first.fields).limit;
  if (limit === null) return;
  // Both from one reading: with two, those that waited at the first may run at the second, and others would take their places.
  const { taken, waiting } = await readPlaces(documents, uid, MAX_READ);
  for (const runId of waiting.slice(0, Math.max(0, limit - taken))) {
    const loaded = await store.load(uid, runId);
    if (loaded === undefined || loaded.share.waits === null) continue;
    await dispatch(queue, loaded.run, `share:${loaded.share.waits}`);
  }
}

/** After a run was created: puts it into the queue, or among those that wait for their share. */
export async function dispatchCreated(
  store: RunStore,
  queue: TaskQueue,
  { run, share }: { run: Run; share: Share },
): Promise<void> {
  if (run.status !== 'pending') return;
  if (share.waits === null) await dispatch(queue, run);
  // Its place may have become free just before it was stored.
  else await dispatchWaiting(store, queue, run.owner);
}

/** Whether the run waits for its share, which is taken. */
export async function isShareTaken({ documents }: RunStore, { run, share }: LoadedRun): Promise<boolean> {
  if (run.status !== 'pending' || share.limit === null) return false;
  return (await countRunning(documents, run.owner)) >= share.limit;
}

/**
 * Of a run whose task arrived: whether its user's other runs leave it no place. It then waits without a task, so that the worker's
 * is free for someone else.
 */
export async function mustWait(store: RunStore, queue: TaskQueue, loaded: LoadedRun): Promise<boolean> {
  if (!(await isShareTaken(store, loaded))) return false;
  const { run, share, version } = loaded;
  const waits = (share.waits ?? -1) + 1;
  const wake_at = new Date(store.clock.now() + TURN_CHECK_MS).toISOString();
  try {
    await store.documents.commit([
      {
        op: 'update',
        path: runPath(run.owner, run.run_id),
        version,
        fields: { ...shareFields(run, { ...share, waits }), wake_at },
      },
    ]);
  } catch (error) {
    // Somebody else was at it: the claim finds out.
    if (error instanceof CommitConflict) return false;
    throw error;
  }
  await dispatchWaiting(store, queue, run.owner);
  return true;
}
