import { isObject, LongrunError, threadsPath, unpackJson, type Json } from '@longrun/shared';
import { untilUncontested } from '../../../lib/until-uncontested.ts';
import { deleteThread } from '../../threads.ts';
import { assistantPath, versionsPath } from './assistant.ts';
import { defaultAssistantOf } from './default-assistant.ts';
import type { AssistantServices } from './find.ts';
import { requireFound } from './resolve.ts';

const AT_ONCE = 300;

/**
 * Removes the assistant with its versions, and the threads whose metadata names it if that is wished; these first, so that
 * a removal that stops at a busy thread can be done again. Throws `not_found`, `thread_busy`, and `conflict` for the
 * assistant that a graph always has.
 */
export async function removeAssistant(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  withThreads: boolean,
): Promise<string> {
  const { store, catalog } = services;
  const { assistant } = await requireFound(services, uid, idOrGraph);
  const { assistant_id: id, graph_id } = assistant;
  if (defaultAssistantOf(catalog, id) !== undefined) {
    throw new LongrunError(
      'conflict',
      `This is the assistant that graph "${graph_id}" always has. To undo its changes set its latest version to 1.`,
    );
  }
  if (withThreads) await removeThreads(services, uid, id);
  return await untilUncontested(store.clock, async () => {
    const { stored } = await requireFound(services, uid, id);
    await removeVersions(services, uid, id);
    const version = stored === undefined ? {} : { version: stored };
    await store.documents.commit([{ op: 'delete', path: assistantPath(uid, id), ...version }]);
    return id;
  });
}

async function removeVersions({ store }: AssistantServices, uid: string, id: string): Promise<void> {
  for (;;) {
    const found = await store.documents.query({
      collection: versionsPath(uid, id),
      select: [],
      limit: AT_ONCE,
    });
    await store.documents.commit(found.map(({ path }) => ({ op: 'delete', path })));
    if (found.length < AT_ONCE) return;
  }
}

async function removeThreads({ store }: AssistantServices, uid: string, id: string): Promise<void> {
  for (let after: string[] | undefined; ;) {
    const page = await store.documents.query({
      collection: threadsPath(uid),
      orderBy: [{ field: 'thread_id', direction: 'asc' }],
      select: ['thread_id', 'metadata'],
      ...(after === undefined ? {} : { startAfter: after }),
      limit: AT_ONCE,
    });
    const threads = page.map(({ fields }) => ({
      threadId: String(fields['thread_id']),
      metadata: unpackJson((fields['metadata'] ?? {}) as Json),
    }));
    for (const { threadId, metadata } of threads) {
      if (isObject(metadata) && metadata['assistant_id'] === id) await deleteThread(store, uid, threadId);
    }
    const last = threads.at(-1);
    if (last === undefined || threads.length < AT_ONCE) return;
    after = [last.threadId];
  }
}
