import { isObject, LongrunError, type JsonObject } from '@longrun/shared';
import { EMPTY_STATE, type CheckpointRef, type ThreadState } from '../../../graph-reader/shapes.ts';
import { pathId } from '../../parse.ts';
import type { Services } from '../../services.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import { changeThread, metadataFields } from './change-thread.ts';
import { editState } from './edit-state.ts';
import {
  historyQuerySchema,
  historySchema,
  patchStateSchema,
  stateAtSchema,
  stateQuerySchema,
  updateSchema,
  type Before,
  type CheckpointBody,
} from './schemas.ts';
import { requireStored } from './stored-thread.ts';

const HISTORY = 10;

export function stateRoutes(services: Services): Route[] {
  const { store, reader } = services;

  const stateOf = async (
    uid: string,
    threadId: string,
    { checkpoint, subgraphs, select }: { checkpoint?: CheckpointRef; subgraphs: boolean; select: Select },
  ): Promise<object> => {
    const { thread } = await requireStored(store, uid, threadId);
    const { graph_id: graphId, config } = thread;
    if (graphId === null && checkpoint?.checkpoint_id !== undefined) throw noCheckpoint(threadId);
    if (graphId === null) return selected(EMPTY_STATE, select);
    const of = { graphId, config, subgraphs, ...(checkpoint === undefined ? {} : { checkpoint }) };
    const state = await reader.state(uid, threadId, of);
    if (checkpoint?.checkpoint_id !== undefined && state.checkpoint === null) {
      throw noCheckpoint(threadId);
    }
    return selected(state, select);
  };

  const historyOf = async (
    uid: string,
    threadId: string,
    asked: {
      limit: number;
      before?: string | undefined;
      metadata?: JsonObject | null | undefined;
      checkpoint?: CheckpointRef | undefined;
      select: Select;
    },
  ): Promise<object[]> => {
    const { thread } = await requireStored(store, uid, threadId);
    const { graph_id: graphId, config } = thread;
    if (graphId === null) return [];
    const { limit, before, metadata, checkpoint, select } = asked;
    const states = await reader.history(uid, threadId, {
      graphId,
      config,
      limit,
      ...(before === undefined ? {} : { before }),
      ...(metadata ? { metadata } : {}),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    return states.map((state) => selected(state, select));
  };

  return [
    route({
      method: 'get',
      path: '/threads/:thread_id/state',
      says: 'What the thread holds, what would be executed next, and what is asked.',
      acts: 'threads:read',
      query: stateQuerySchema,
      handle: ({ user, req, query: { subgraphs = false, select } }) =>
        stateOf(user.uid, pathId(req, 'thread_id'), { subgraphs, select }),
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/state/checkpoint',
      says: 'Likewise, as it was at a checkpoint.',
      acts: 'threads:read',
      body: stateAtSchema,
      handle: ({ user, req, body: { checkpoint, subgraphs, select } }) =>
        stateOf(user.uid, pathId(req, 'thread_id'), {
          ...refIn(checkpoint),
          subgraphs: subgraphs ?? false,
          select,
        }),
    }),
    route({
      method: 'get',
      path: '/threads/:thread_id/state/:checkpoint_id',
      says: 'Likewise, as it was at a checkpoint of the whole graph.',
      acts: 'threads:read',
      query: stateQuerySchema,
      handle: ({ user, req, query: { subgraphs = false, select } }) => {
        const checkpoint = { checkpoint_id: pathId(req, 'checkpoint_id') };
        return stateOf(user.uid, pathId(req, 'thread_id'), { checkpoint, subgraphs, select });
      },
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/state',
      says: 'Edits the state as if a node had returned the values; at an older checkpoint that is a fork.',
      acts: 'threads:update',
      body: updateSchema,
      handle: async ({ user, req, body: { values, as_node, checkpoint_id, checkpoint } }) => {
        const id = checkpoint_id ?? undefined;
        const ref = { ...(id === undefined ? {} : { checkpoint_id: id }), ...refIn(checkpoint).checkpoint };
        return await editState(services, user.uid, pathId(req, 'thread_id'), {
          supersteps: [{ updates: [{ values: values ?? null, as_node }] }],
          ...(Object.keys(ref).length === 0 ? {} : { checkpoint: ref }),
        });
      },
    }),
    route({
      method: 'patch',
      path: '/threads/:thread_id/state',
      says: "Adds to the thread's metadata.",
      acts: 'threads:update',
      body: patchStateSchema,
      handle: async ({ user, req, body: { metadata } }) => {
        await changeThread(store, user.uid, pathId(req, 'thread_id'), (thread) =>
          metadataFields({ ...thread.metadata, ...metadata }),
        );
        return NO_CONTENT;
      },
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/history',
      says: 'The states that the thread had, newest first.',
      acts: 'threads:read',
      body: historySchema,
      handle: ({ user, req, body: { limit, before, metadata, checkpoint, select } }) =>
        historyOf(user.uid, pathId(req, 'thread_id'), {
          limit: limit ?? HISTORY,
          before: idIn(before),
          metadata,
          select,
          ...refIn(checkpoint),
        }),
    }),
    route({
      method: 'get',
      path: '/threads/:thread_id/history',
      says: 'Likewise.',
      acts: 'threads:read',
      query: historyQuerySchema,
      handle: ({ user, req, query: { limit, before } }) =>
        historyOf(user.uid, pathId(req, 'thread_id'), { limit, before, select: undefined }),
    }),
  ];
}

const noCheckpoint = (threadId: string) =>
  new LongrunError('not_found', `Thread ${threadId} has no such checkpoint.`);

function refIn(body: CheckpointBody | null | undefined): { checkpoint?: CheckpointRef } {
  if (!body) return {};
  const { checkpoint_id: id, checkpoint_ns: ns, checkpoint_map: map } = body;
  return {
    checkpoint: {
      ...(id ? { checkpoint_id: id } : {}),
      ...(ns ? { checkpoint_ns: ns } : {}),
      ...(map ? { checkpoint_map: map } : {}),
    },
  };
}

function idIn(before: Before): string | undefined {
  if (before === undefined || before === null) return undefined;
  if (typeof before === 'string') return before;
  if ('configurable' in before && isObject(before.configurable)) {
    return String(before.configurable['checkpoint_id']);
  }
  return 'checkpoint_id' in before && typeof before.checkpoint_id === 'string'
    ? before.checkpoint_id
    : undefined;
}

type Select = string | string[] | null | undefined;

/** The named fields only; `values.<key>` keeps that key of the values. */
function selected(state: ThreadState, select: Select): object {
  if (!select || select.length === 0) return state;
  const names = typeof select === 'string' ? [select] : select;
  const keys = names.flatMap((name) => (name.startsWith('values.') ? [name.slice('values.'.length)] : []));
  const { values } = state;
  const narrow =
    keys.length > 0 && !names.includes('values') && isObject(values)
      ? { values: Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key))) }
      : {};
  return { ...Object.fromEntries(Object.entries(state).filter(([name]) => names.includes(name))), ...narrow };
}
