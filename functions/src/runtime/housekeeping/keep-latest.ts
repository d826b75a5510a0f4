import { isBeingRemoved, threadPath } from '@longrun/shared';
import { CommitConflict, type DocumentWrite, type StoredDocument } from '../../ports/documents.ts';
import { holderOf } from '../runs/thread-queue.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { Head } from '../saver/head.ts';
import { unreferenced } from '../saver/unreferenced.ts';

/** A commit holds 10 MiB. */
const COMMIT_BYTES = 6 * 1_048_576;
const AT_ONCE = 300;

/**
 * Removes a thread's checkpoints but for the newest, while nothing goes on there: each commit changes the thread's document under
 * the version that was looked at, as does whoever starts a run, so that one of the two sees the other. A run that asks stays, with
 * what it needs. False when something goes on, or the state is in older checkpoints, too. Stopped in the middle, the thread is as
 * well, and the rest goes the next time.
 */
export async function keepLatest(
  store: RunStore,
  uid: string,
  threadId: string,
  holdsAll: (head: Head) => boolean,
): Promise<boolean> {
  const { documents } = store;
  const path = threadPath(uid, threadId);
  const first = await freeThread(store, uid, path);
  if (first === null) return false;
  const { alsoKept } = first;
  const found = await unreferenced(documents, path, { alsoKept, holdsAll });
  if (found === null) return false;
  // By this, a check of a run knows which checkpoints are missing on purpose.
  const fields = { pruned_to: found.newest };
  let { thread } = first;
  for (const [i, batch] of batchesOf(found.writes).entries()) {
    const now = i === 0 ? first : await freeThread(store, uid, path);
    // Whoever used it meanwhile may have gone on from any of its checkpoints.
    if (now === null || !isUnused(thread, now.thread)) return false;
    ({ thread } = now);
    try {
      await documents.commit([...batch, { op: 'update', path, version: thread.version, fields }]);
    } catch (error) {
      if (error instanceof CommitConflict) return false;
      throw error;
    }
  }
  return true;
}

/** The thread when nothing goes on there, and where a run that asks set out. */
async function freeThread(
  store: RunStore,
  uid: string,
  path: string,
): Promise<{ thread: StoredDocument; alsoKept: Set<string> } | null> {
  const [thread] = await store.documents.get([path]);
  if (thread === undefined || isBeingRemoved(thread.fields)) return null;
  const { active, waiting } = await holderOf(store, uid, thread);
  if (waiting.length > 0 || (active !== null && active.status !== 'interrupted')) return null;
  const kept = [active?.base_checkpoint, active?.last_checkpoint];
  return { thread, alsoKept: new Set(kept.filter((id) => typeof id === 'string')) };
}

const isUnused = ({ fields: a }: StoredDocument, { fields: b }: StoredDocument): boolean =>
  ['updated_at', 'active_run_id', 'status'].every((field) => a[field] === b[field]);

function batchesOf(writes: readonly DocumentWrite[]): DocumentWrite[][] {
  const batches: DocumentWrite[][] = [];
  let bytes = Infinity;
  for (const write of writes) {
    const data = write.op === 'set' ? write.fields['data'] : undefined;
    const size = data instanceof Uint8Array ? data.byteLength : 0;
    const last = batches.at(-1);
    if (last === undefined || last.length >= AT_ONCE || bytes + size > COMMIT_BYTES) {
      batches.push([write]);
      bytes = size;
    } else {
      last.push(write);
      bytes += size;
    }
  }
  return batches;
}
