import { isObject, LongrunError, threadsPath, unpackJson, type Json } from '@longrun/shared';
import { untilUncontested } from '../../../lib/until-uncontested.ts';
import { deleteThread } from '../../threads.ts';
import type { Access } from '../access/access.ts';
import { assistantPath, versionsPath } from './assistant.ts';
import { defaultAssistantOf } from './default-assistant.ts';
import type { AssistantServices } from './find.ts';
import { requireFound } from './resolve.ts';

const AT_ONCE = 300;

/**
 * Removes the assistant with its versions, and of the threads whose metadata names it those that `withThreads` allows; these first, so that
 * a removal that stops at a busy thread can be done again. Throws `not_found`, `thread_busy`, and `conflict` for the
 * assistant that a graph always has.
 */
export async function removeAssistant(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  withThreads: Access | null,
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
  if (withThreads !== null) await removeThreads(services, uid, id, withThreads);
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

async function removeThreads(
  { store }: AssistantServices,
  uid: string,
  id: string,
  access: Access,
): Promise<void> {
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
      const isIts = isObject(metadata) && metadata['assistant_id'] === id;
      if (isIts && access.allows('threads', metadata)) await deleteThread(store, uid, threadId);
    }
    const last = threads.at(-1);
    if (last === undefined || threads.length < AT_ONCE) return;
    after = [last.threadId];
  }
}
