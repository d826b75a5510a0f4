import { randomUUID } from 'node:crypto';
import { packJson, threadPath } from '@longrun/shared';
import { newThread } from '../../../runtime/runs/create-run.ts';
import type { RunStore } from '../../../runtime/runs/run-store.ts';
import { lazy } from '../../../lib/lazy.ts';
import { metadataFields } from './change-thread.ts';
import { readThread, requireStored, type StoredThread } from './stored-thread.ts';

/** Knows how checkpoints are stored, which is no part of a cold start. */
const copying = lazy(() => import('../../../runtime/saver/copy-thread.ts'));

/** A thread of its own with all checkpoints of this one, and without its runs. It is there once all of it is. */
export async function copyThread(store: RunStore, uid: string, threadId: string): Promise<StoredThread> {
  const { thread } = await requireStored(store, uid, threadId);
  const { documents, clock } = store;
  const to = randomUUID();
  await (
    await copying()
  ).copyThreadDocuments(
    documents,
    { thread: threadPath(uid, threadId), threadId },
    { thread: threadPath(uid, to), threadId: to },
  );
  const fields = {
    ...newThread(to, new Date(clock.now()).toISOString()),
    ...metadataFields({ ...thread.metadata, thread_id: to }),
    status: thread.status === 'interrupted' ? 'interrupted' : 'idle',
    title: thread.title,
    config: packJson(thread.config),
    assistant_id: thread.graph_id,
  };
  await documents.commit([{ op: 'create', path: threadPath(uid, to), fields }]);
  return readThread(fields);
}
