import { LongrunError, threadPath } from '@longrun/shared';
import { lazy } from '../../../lib/lazy.ts';
import { pathId } from '../../parse.ts';
import type { Services } from '../../services.ts';
import { deleteThread } from '../../threads.ts';
import { allowsThread } from '../access/subjects.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import { changeThread, metadataFields, ttlFields } from './change-thread.ts';
import { copyThread } from './copy.ts';
import { createThread } from './create.ts';
import { presented } from './present.ts';
import { countSchema, createSchema, getSchema, patchSchema, pruneSchema, searchSchema } from './schemas.ts';
import { countThreads, searchThreads } from './search.ts';
import { stateRoutes } from './state-routes.ts';
import { readThread, requireStored } from './stored-thread.ts';

/** Knows how checkpoints are stored, which is no part of a cold start. */
const pruning = lazy(async () => ({
  ...(await import('../../../runtime/housekeeping/keep-latest.ts')),
  ...(await import('../../../runtime/saver/state-in.ts')),
}));

/** Conversations, their state and their history. */
export function threadRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    route({
      method: 'post',
      path: '/threads',
      says: 'Begins a conversation, with a state of its own if supersteps are given.',
      acts: 'threads:create',
      body: createSchema,
      handle: async ({ user, body }) =>
        presented(services, user.uid, await createThread(services, user.uid, body)),
    }),
    route({
      method: 'post',
      path: '/threads/search',
      says: 'Conversations with what they hold.',
      acts: 'threads:search',
      body: searchSchema,
      handle: async ({ user, body, access, res }) => {
        const { threads, next, total } = await searchThreads(services, user.uid, body, access);
        if (total !== null) res.setHeader('x-pagination-total', String(total));
        if (next !== null) res.setHeader('x-pagination-next', String(next));
        return threads;
      },
    }),
    route({
      method: 'post',
      path: '/threads/count',
      says: 'How many conversations there are.',
      acts: 'threads:search',
      body: countSchema,
      handle: ({ user, body, access }) => countThreads(services, user.uid, body, access),
    }),
    route({
      method: 'post',
      path: '/threads/prune',
      says: 'Removes conversations on which nothing goes on, or what they held before.',
      acts: 'threads:delete',
      body: pruneSchema,
      handle: async ({ user: { uid }, body: { thread_ids, strategy }, access }) => {
        const prune = strategy === 'keep_latest' ? pruneHistory : pruneThread;
        let pruned = 0;
        for (const id of new Set(thread_ids)) {
          if ((await allowsThread(services, uid, id, access)) && (await prune(services, uid, id)))
            pruned += 1;
        }
        return { pruned_count: pruned };
      },
    }),
    route({
      method: 'get',
      path: '/threads/:thread_id',
      says: 'A conversation with what it holds.',
      acts: 'threads:read',
      query: getSchema,
      handle: async ({ user, req, query: { include } }) => {
        const { thread } = await requireStored(store, user.uid, pathId(req, 'thread_id'));
        return await presented(services, user.uid, thread, { ttl: include !== undefined });
      },
    }),
    route({
      method: 'patch',
      path: '/threads/:thread_id',
      says: "Adds to the conversation's metadata, or says how long it stays.",
      acts: 'threads:update',
      body: patchSchema,
      handle: async ({ user, req, body: { metadata, ttl } }) => {
        const now = store.clock.now();
        const thread = await changeThread(store, user.uid, pathId(req, 'thread_id'), (before) => ({
          ...(metadata ? metadataFields({ ...before.metadata, ...metadata }) : {}),
          ...ttlFields(ttl, now),
          updated_at: new Date(now).toISOString(),
        }));
        if (req.headers['prefer']?.includes('return=minimal')) return NO_CONTENT;
        return await presented(services, user.uid, thread);
      },
    }),
    route({
      method: 'delete',
      path: '/threads/:thread_id',
      says: 'Removes a conversation with its runs and its state.',
      acts: 'threads:delete',
      handle: async ({ user, req }) => {
        await deleteThread(store, user.uid, pathId(req, 'thread_id'));
        return NO_CONTENT;
      },
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/copy',
      says: 'A new conversation with the state and the history of this one.',
      acts: ['threads:read', 'threads:create'],
      handle: async ({ user, req }) =>
        presented(services, user.uid, await copyThread(store, user.uid, pathId(req, 'thread_id'))),
    }),
    ...stateRoutes(services),
  ];
}

/** Removes what a thread held before. False for one that is not there, or in use, or whose state is in older checkpoints, too. */
async function pruneHistory({ store, catalog }: Services, uid: string, threadId: string): Promise<boolean> {
  const [doc] = await store.documents.get([threadPath(uid, threadId)]);
  if (doc === undefined) return false;
  const { graph_id } = readThread(doc.fields);
  const channels = graph_id === null ? undefined : await catalog.channels(graph_id);
  const { keepLatest, holdsWholeState } = await pruning();
  // Of graphs within it, it is not known which channels they have.
  return await keepLatest(store, uid, threadId, (head) =>
    holdsWholeState(head, head.ns === '' ? channels : undefined),
  );
}

/** False for one that is not there, or in use. */
async function pruneThread({ store }: Services, uid: string, threadId: string): Promise<boolean> {
  try {
    await deleteThread(store, uid, threadId);
    return true;
  } catch (error) {
    if (error instanceof LongrunError && ['not_found', 'thread_busy'].includes(error.code)) return false;
    throw error;
  }
}
