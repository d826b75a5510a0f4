import { threadPath, type Run } from '@longrun/shared';
import { CommitConflict } from '../../ports/documents.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import type { RunStore } from '../runs/run-store.ts';
import { dispatchNextOfThread } from '../runs/thread-queue.ts';
import { removeRun } from './remove.ts';

/** How often a thread may change while it is freed. */
const MAX_RACES = 20;

/**
 * Removes a run that is undone, with its checkpoints. Until they are gone it holds its thread, so that no other run is built on
 * them; then the next goes on. Its document goes last: housekeeping ends what is stopped in the middle, and each step may
 * be done again.
 */
export async function undoRun(
  { store, queue }: { store: RunStore; queue?: TaskQueue },
  run: Run,
): Promise<void> {
  const { removeCheckpointsOf } = await import('./rollback.ts');
  await removeCheckpointsOf(store, run);
  await freeThread(store, run);
  // Without a queue the sweeper finds whose turn it is.
  if (queue !== undefined) await dispatchNextOfThread(store, queue, run);
  await removeRun(store.documents, run);
}

async function freeThread({ documents, clock }: RunStore, { owner, thread_id, run_id }: Run): Promise<void> {
  const path = threadPath(owner, thread_id);
  for (let race = 0; race < MAX_RACES; race += 1) {
    const [thread] = await documents.get([path]);
    if (thread === undefined || thread.fields['active_run_id'] !== run_id) return;
    const at = new Date(clock.now()).toISOString();
    const fields = { status: 'idle', active_run_id: null, updated_at: at, state_updated_at: at };
    try {
      return await documents.commit([{ op: 'update', path, version: thread.version, fields }]);
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  throw new CommitConflict('busy');
}
