import type { ErrorCode } from '@longrun/shared';
import * as z from 'zod/mini';
import type { Route } from '../agent/route.ts';
import type { Operation } from './operation.ts';

const TAGS: Record<string, string> = {
  assistants: 'Assistants',
  threads: 'Threads',
  runs: 'Runs',
  store: 'Store',
  keys: 'Keys',
};

/** What any route of the table may refuse. */
const REFUSALS: ErrorCode[] = [
  'not_found',
  'conflict',
  'thread_busy',
  'too_large',
  'unsupported_media_type',
  'limit_exceeded',
  'quota_exceeded',
];

/** How the document tells of a route of the table: by what it says of itself, and what its schemas do. */
export function operationOf(route: Route): Operation {
  const { method, path, says, acts, body, query, doc } = route;
  const open = acts === 'anyone';
  const isQueried = query instanceof z.ZodMiniObject;
  return {
    method,
    path,
    tag: tagOf(path),
    id: idOf(method, path),
    summary: says,
    for: open ? 'anyone' : 'user',
    ...(isQueried ? { query } : {}),
    ...(body === undefined ? {} : { body: { schema: body } }),
    answers: {
      200: { description: 'What was asked for.', schema: 'Json' },
      ...(method === 'get' ? {} : { 202: { description: 'It will be.' }, 204: { description: 'Done.' } }),
    },
    ...(open ? {} : { errors: REFUSALS }),
    ...doc,
  };
}

function tagOf(path: string): string {
  if (/\/runs\/crons(\/|$)/.test(path)) return 'Crons';
  if (/^\/threads\/:\w+\/runs/.test(path)) return 'Runs of a thread';
  return TAGS[path.split('/')[1] ?? ''] ?? 'Service';
}

/** `get /threads/:thread_id/state` as `getThreadsThreadIdState`. */
function idOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => (word[0] ?? '').toUpperCase() + word.slice(1)).join('');
}
