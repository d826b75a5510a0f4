import type { Operation } from '../operation.ts';

const tag = 'Threads';

/** Conversations: what runs of one thread know of each other. */
export const THREADS: readonly Operation[] = [
  {
    method: 'post',
    path: '/threads',
    tag,
    id: 'createThread',
    summary: 'Begin a conversation',
    for: 'user',
    body: { schema: 'CreateThread', example: { metadata: { about: 'tasks' } } },
    answers: { 200: { description: 'The thread.', schema: 'Thread' } },
    errors: ['conflict', 'too_large', 'unsupported_media_type'],
  },
  {
    method: 'get',
    path: '/threads/:thread_id',
    tag,
    id: 'getThread',
    summary: 'A conversation',
    for: 'user',
    answers: { 200: { description: 'The thread.', schema: 'Thread' } },
    errors: ['not_found'],
  },
  {
    method: 'delete',
    path: '/threads/:thread_id',
    tag,
    id: 'deleteThread',
    summary: 'Delete a conversation with its runs and its state',
    for: 'user',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'thread_busy'],
  },
];
