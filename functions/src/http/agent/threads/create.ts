import { randomUUID } from 'node:crypto';
import { LongrunError, threadPath } from '@longrun/shared';
import { CommitConflict, type Fields } from '../../../ports/documents.ts';
import { newThread } from '../../../runtime/runs/create-run.ts';
import { deleteThread } from '../../threads.ts';
import type { Services } from '../../services.ts';
import { metadataFields, ttlFields } from './change-thread.ts';
import { editState } from './edit-state.ts';
import type { CreateThreadBody } from './schemas.ts';
import { requireStored, type StoredThread } from './stored-thread.ts';

/** Throws `conflict` for one that exists, unless `if_exists` says otherwise; then it stays as it is. */
export async function createThread(
  services: Services,
  uid: string,
  { thread_id, metadata, if_exists, supersteps, ttl }: CreateThreadBody,
): Promise<StoredThread> {
  const { store } = services;
  const threadId = thread_id ?? randomUUID();
  if (supersteps && supersteps.length > 0 && typeof metadata?.['graph_id'] !== 'string') {
    throw new LongrunError('invalid_request', 'body.supersteps: name the graph in metadata.graph_id.');
  }
  const now = store.clock.now();
  const at = new Date(now).toISOString();
  const fields: Fields = {
    ...newThread(threadId, at),
    ...metadataFields(metadata ?? {}),
    ...ttlFields(ttl, now),
  };
  try {
    await store.documents.commit([{ op: 'create', path: threadPath(uid, threadId), fields }]);
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.reason !== 'exists') throw error;
    if (if_exists === 'do_nothing') return (await requireStored(store, uid, threadId)).thread;
    throw new LongrunError(
      'conflict',
      `Thread ${threadId} exists. Send if_exists: "do_nothing" to reuse it.`,
    );
  }
  if (supersteps && supersteps.length > 0) {
    try {
      await editState(services, uid, threadId, { supersteps });
    } catch (error) {
      // Whoever made it does not know that it is there.
      await deleteThread(store, uid, threadId);
      throw error;
    }
  }
  return (await requireStored(store, uid, threadId)).thread;
}
