import {
  isBeingRemoved,
  LongrunError,
  threadPath,
  unpackJson,
  type Json,
  type Thread,
} from '@longrun/shared';
import { decideCancel } from '../domain/decide.ts';
import type { Fields } from '../ports/documents.ts';
import { claimForRemoval, removeThread } from '../runtime/housekeeping/remove.ts';
import { holderOf } from '../runtime/runs/thread-queue.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';

export async function requireThread(store: RunStore, uid: string, threadId: string): Promise<Thread> {
  const [doc] = await store.documents.get([threadPath(uid, threadId)]);
  if (doc === undefined || isBeingRemoved(doc.fields)) {
    throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  }
  return toThread(doc.fields);
}

/**
 * Deletes a thread on which nothing goes on, with its runs and its state. A run that asks does not go on: it is ended first.
 * Throws `not_found`, `thread_busy`.
 */
export async function deleteThread(store: RunStore, uid: string, threadId: string): Promise<void> {
  const before = await threadAndHolder(store, uid, threadId);
  const asking =
    before.active?.status === 'interrupted' && before.waiting.length === 0 ? before.active : null;
  if (asking !== null) {
    await store.append(uid, asking.run_id, 'api', ({ run }) =>
      run.status === 'interrupted' ? decideCancel(run, uid, store.clock.now()) : null,
    );
  }
  const { doc, active, waiting } = asking === null ? before : await threadAndHolder(store, uid, threadId);
  const busy = active !== null || waiting.length > 0;
  if (busy || !(await claimForRemoval(store.documents, doc))) {
    throw new LongrunError('thread_busy', `Thread ${threadId} is in use. Cancel its runs first.`);
  }
  await removeThread(store.documents, uid, threadId);
}

async function threadAndHolder(store: RunStore, uid: string, threadId: string) {
  const [doc] = await store.documents.get([threadPath(uid, threadId)]);
  if (doc === undefined) throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  return { doc, ...(await holderOf(store, uid, doc)) };
}

function toThread(fields: Fields): Thread {
  const status = fields['status'];
  const active = fields['active_run_id'];
  return {
    thread_id: String(fields['thread_id']),
    created_at: String(fields['created_at']),
    updated_at: String(fields['updated_at']),
    status: status === 'busy' || status === 'interrupted' || status === 'error' ? status : 'idle',
    metadata: unpackJson((fields['metadata'] ?? {}) as Json),
    title: String(fields['title']),
    active_run_id: typeof active === 'string' ? active : null,
  };
}
