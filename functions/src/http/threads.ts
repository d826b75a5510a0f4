import {
  jsonBytes,
  LongrunError,
  MAX_CONFIG_BYTES,
  packJson,
  threadPath,
  unpackJson,
  wellFormed,
  type CreateThread,
  type Json,
  type Thread,
} from '@longrun/shared';
import { randomUUID } from 'node:crypto';
import { CommitConflict, type Fields } from '../ports/documents.ts';
import { claimForRemoval, removeThread } from '../runtime/housekeeping/remove.ts';
import { newThread } from '../runtime/runs/create-run.ts';
import { holderOf } from '../runtime/runs/thread-queue.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';

export async function createThread(store: RunStore, uid: string, body: CreateThread): Promise<Thread> {
  const threadId = body.thread_id ?? randomUUID();
  const at = new Date(store.clock.now()).toISOString();
  const metadata = wellFormed(body.metadata ?? {});
  if (jsonBytes(metadata) > MAX_CONFIG_BYTES) {
    throw new LongrunError('too_large', `metadata may have ${MAX_CONFIG_BYTES} bytes of JSON.`);
  }
  const fields: Fields = { ...newThread(threadId, at), metadata: packJson(metadata) };
  try {
    await store.documents.commit([{ op: 'create', path: threadPath(uid, threadId), fields }]);
    return toThread(fields);
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.reason !== 'exists') throw error;
    if (body.if_exists === 'do_nothing') return await requireThread(store, uid, threadId);
    throw new LongrunError(
      'conflict',
      `Thread ${threadId} exists. Send if_exists: "do_nothing" to reuse it.`,
    );
  }
}

export async function requireThread(store: RunStore, uid: string, threadId: string): Promise<Thread> {
  const [doc] = await store.documents.get([threadPath(uid, threadId)]);
  if (doc === undefined || doc.fields['removing'] === true) {
    throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  }
  return toThread(doc.fields);
}

/** Deletes a thread on which nothing goes on, with its runs and its state. Throws `not_found`, `thread_busy`. */
export async function deleteThread(store: RunStore, uid: string, threadId: string): Promise<void> {
  const [doc] = await store.documents.get([threadPath(uid, threadId)]);
  if (doc === undefined) throw new LongrunError('not_found', `There is no thread ${threadId}.`);
  const { active, waiting } = await holderOf(store, uid, doc);
  const busy = active !== null || waiting.length > 0;
  if (busy || !(await claimForRemoval(store.documents, doc))) {
    throw new LongrunError('thread_busy', `Thread ${threadId} is in use. Cancel its runs first.`);
  }
  await removeThread(store.documents, uid, threadId);
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
