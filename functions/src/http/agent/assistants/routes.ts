import { LongrunError } from '@longrun/shared';
import type { Request } from 'express';
import { route, type Route } from '../route.ts';
import { createAssistant, patchAssistant, setLatest } from './change.ts';
import type { AssistantServices } from './find.ts';
import { removeAssistant } from './remove.ts';
import { resolveAssistant } from './resolve.ts';
import * as schemas from './schemas.ts';
import { countAssistants, searchAssistants } from './search.ts';
import { listVersions } from './versions.ts';

/** Assistants of LangGraph's Agent Server, but for what needs their graph. */
export function assistantRoutes(services: AssistantServices): Route[] {
  return [
    route({
      method: 'post',
      path: '/assistants',
      says: 'Makes an assistant: a graph with settings.',
      acts: 'assistants:create',
      body: schemas.createAssistantSchema,
      handle: ({ user, body }) => createAssistant(services, user.uid, body),
    }),
    route({
      method: 'post',
      path: '/assistants/search',
      says: "Assistants of the user, and each graph's own; newest first.",
      acts: 'assistants:search',
      body: schemas.searchAssistantsSchema,
      handle: async ({ user, body, access, res }) => {
        const { assistants, total } = await searchAssistants(services, user.uid, body, access);
        const next = body.offset + body.limit;
        res.setHeader('x-pagination-total', String(total));
        if (next < total) res.setHeader('x-pagination-next', String(next));
        return assistants;
      },
    }),
    route({
      method: 'post',
      path: '/assistants/count',
      says: 'How many a search would find.',
      acts: 'assistants:search',
      body: schemas.countAssistantsSchema,
      handle: ({ user, body, access }) => countAssistants(services, user.uid, body, access),
    }),
    route({
      method: 'get',
      path: '/assistants/:assistant_id',
      says: 'One assistant, by its id or the name of its graph.',
      acts: 'assistants:read',
      handle: ({ user, req }) => resolveAssistant(services, user.uid, assistantIn(req)),
    }),
    route({
      method: 'patch',
      path: '/assistants/:assistant_id',
      says: 'Changes an assistant, which is a new version of it. Metadata is merged, everything else replaced.',
      acts: 'assistants:update',
      body: schemas.patchAssistantSchema,
      handle: ({ user, req, body }) => patchAssistant(services, user.uid, assistantIn(req), body),
    }),
    route({
      method: 'delete',
      path: '/assistants/:assistant_id',
      says: 'Removes an assistant with its versions, and its threads if delete_threads says so.',
      acts: ({ query }) =>
        query.delete_threads === 'true' ? ['assistants:delete', 'threads:delete'] : 'assistants:delete',
      query: schemas.deleteAssistantSchema,
      handle: async ({ user, req, query, access }) => {
        const withThreads = query.delete_threads === 'true' ? access : null;
        return [await removeAssistant(services, user.uid, assistantIn(req), withThreads)];
      },
    }),
    route({
      method: 'post',
      path: '/assistants/:assistant_id/versions',
      says: 'What the assistant was, highest version first.',
      acts: 'assistants:read',
      body: schemas.listVersionsSchema,
      handle: ({ user, req, body, access }) =>
        listVersions(services, user.uid, assistantIn(req), body, access),
    }),
    route({
      method: 'post',
      path: '/assistants/:assistant_id/latest',
      says: 'Goes back, or forward, to a version.',
      acts: 'assistants:update',
      body: schemas.latestSchema,
      handle: ({ user, req, body }) => setLatest(services, user.uid, assistantIn(req), body.version),
    }),
  ];
}

/** An id or the name of a graph, percent-encoded as every client sends it; Express has decoded it. */
export function assistantIn(req: Request): string {
  const id = req.params['assistant_id'];
  if (typeof id === 'string') return id;
  throw new LongrunError('not_found', 'There is no such assistant.');
}
