import type { Documents, StoredDocument } from '../../ports/documents.ts';
import { decodeHead } from './head.ts';
import { blobsOf, checkpointsOf, isWritesKey, pathOf } from './keys.ts';

const DELETE_AT_ONCE = 300;
const PAGE = 300;

/** Deletes everything that the saver keeps of a thread; what other documents the thread has stays. */
export async function deleteThreadDocuments(documents: Documents, thread: string): Promise<void> {
  for (const collection of [checkpointsOf(thread), blobsOf(thread)]) {
    let found: StoredDocument[];
    do {
      found = await documents.query({ collection, select: [], limit: DELETE_AT_ONCE });
      await documents.commit(found.map(({ path }) => ({ op: 'delete', path })));
    } while (found.length === DELETE_AT_ONCE);
  }
}

/**
 * Every thread with checkpoints at the place that `threadPath` gives it, so none of another owner's. Reads all
 * checkpoints that there are: LangGraph's contract allows to list without a thread, no part of Longrun does.
 */
export async function threadIds(
  documents: Documents,
  threadPath: (threadId: string) => string,
): Promise<Set<string>> {
  const threads = new Set<string>();
  for (let after: string | undefined; ;) {
    const found: StoredDocument[] = await documents.query({
      collection: 'checkpoints',
      group: true,
      orderBy: [{ field: '__name__', direction: 'asc' }],
      ...(after === undefined ? {} : { startAfter: [after] }),
      limit: PAGE,
      select: ['key', 'head'],
    });
    for (const { path, fields } of found) {
      const { key, head } = fields;
      if (typeof key !== 'string' || isWritesKey(key) || typeof head !== 'string') continue;
      const { threadId } = decodeHead(path, head);
      if (pathOf(threadPath(threadId), key) === path) threads.add(threadId);
    }
    after = found.at(-1)?.path;
    if (after === undefined || found.length < PAGE) return threads;
  }
}
