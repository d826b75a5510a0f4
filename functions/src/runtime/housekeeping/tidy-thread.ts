import { isBeingRemoved } from '@longrun/shared';
import { CommitConflict, type StoredDocument } from '../../ports/documents.ts';
import type { RunStore } from '../runs/run-store.ts';
import { holderOf } from '../runs/thread-queue.ts';
import { claimForRemoval, removeThread, threadOfPath } from './remove.ts';

const MINUTE_MS = 60_000;
/** A thread in use is looked at again after this. Milliseconds. */
const AGAIN_MS = 5 * MINUTE_MS;

/**
 * A thread that is due: one whose removal was stopped in the middle, or one that was to stay so many minutes (`ttl_minutes`)
 * after it was used last. While a run is on it, asking or not, it stays.
 */
export async function tidyThread(store: RunStore, path: string): Promise<void> {
  const { documents } = store;
  const place = threadOfPath(path);
  const [thread] = await documents.get([path]);
  if (place === null || thread === undefined) return;
  if (!isBeingRemoved(thread.fields)) {
    const until = await staysUntil(store, place.uid, thread);
    if (until !== null) return await lookAgain(store, thread, until);
    // Someone used it in this moment.
    if (!(await claimForRemoval(documents, thread))) return;
  }
  await removeThread(documents, place.uid, place.threadId);
}

/** Milliseconds since 1970; null: its time is over. */
async function staysUntil(store: RunStore, uid: string, thread: StoredDocument): Promise<number | null> {
  const { ttl_minutes: minutes, updated_at: updated } = thread.fields;
  const now = store.clock.now();
  const over = Date.parse(String(updated)) + Number(minutes) * MINUTE_MS;
  if (over > now) return over;
  const { active, waiting } = await holderOf(store, uid, thread);
  return active !== null || waiting.length > 0 ? now + AGAIN_MS : null;
}

async function lookAgain({ documents }: RunStore, { path, version }: StoredDocument, at: number) {
  const tidy_at = new Date(at).toISOString();
  try {
    await documents.commit([{ op: 'update', path, version, fields: { tidy_at } }]);
  } catch (error) {
    // Used meanwhile; the next round sees to it.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
