import { listRunsSchema } from '@longrun/shared';
import { cancelQuery } from '../../agent/runs/schemas.ts';
import type { Operation } from '../operation.ts';

/** What there is below one run. `path` and `id` are completed for both of its addresses. */
const OF_RUN: readonly Omit<Operation, 'tag'>[] = [
  {
    method: 'get',
    path: '/webhooks',
    id: 'list*Webhooks',
    summary: 'What the run’s webhook was told',
    for: 'user',
    answers: { 200: { description: 'Deliveries with their attempts, newest first.', schema: 'Deliveries' } },
  },
  {
    method: 'get',
    path: '/trace',
    id: 'get*Trace',
    summary: 'Where the time of a run went',
    for: 'user',
    answers: { 200: { description: 'Its spans, ordered by their start.', schema: 'RunTrace' } },
  },
  {
    method: 'post',
    path: '/answer',
    id: 'answer*',
    summary: 'Answer open questions',
    description:
      'Each question is answered once, by its id in `interrupts`. The run goes on when none is left.',
    for: 'user',
    body: { schema: 'Answers', example: { answers: { 'the-question-id': true } }, required: true },
    answers: { 200: { description: 'The run.', schema: 'Run' } },
    errors: ['already_answered', 'not_interrupted', 'too_large', 'unsupported_media_type'],
  },
  {
    method: 'post',
    path: '/retry',
    id: 'retry*',
    summary: 'Do a failed or cancelled run again from its last checkpoint',
    for: 'user',
    body: { schema: 'Nothing' },
    answers: {
      200: { description: 'The run that was made for it before.', schema: 'Run' },
      201: { description: 'The new run.', schema: 'Run' },
    },
    errors: ['not_ended', 'thread_busy', 'unknown_graph', 'limit_exceeded', 'quota_exceeded'],
  },
];

const below = (prefix: string, tag: string, name: string): Operation[] =>
  OF_RUN.map((operation) => ({
    ...operation,
    tag,
    path: prefix + operation.path,
    id: operation.id.replace('*', name),
    errors: ['not_found', ...(operation.errors ?? [])],
  }));

export const RUNS: readonly Operation[] = [
  {
    method: 'get',
    path: '/runs',
    tag: 'Runs',
    id: 'listRuns',
    summary: 'Your runs, newest first',
    for: 'user',
    query: listRunsSchema,
    answers: { 200: { description: 'A page; `next_cursor` asks for the next.', schema: 'RunPage' } },
  },
  {
    method: 'get',
    path: '/runs/:run_id',
    tag: 'Runs',
    id: 'getRun',
    summary: 'One glance at a run',
    for: 'user',
    description:
      'Whole: `input` and `output`, and once it has ended `messages`, also where they are too large for lists and for what pages listen to. ' +
      'There `input_bytes`, `output_bytes` and `messages_dropped` say what is left out. They say so here only when it cannot be had: ' +
      'messages of a run that goes on are in its stream, an output is kept by the state of its thread.',
    answers: { 200: { description: 'The run.', schema: 'Run' } },
    errors: ['not_found'],
  },
  {
    method: 'post',
    path: '/runs/:run_id/cancel',
    tag: 'Runs',
    id: 'cancelRun',
    summary: 'End a run within two seconds and keep what there is',
    description: 'Also one that asks. Below its thread, a run that asks has ended, and stays as it is.',
    for: 'user',
    query: cancelQuery,
    body: { schema: 'CancelRun' },
    answers: { 200: { description: 'The run as it is now; doing it twice changes nothing.', schema: 'Run' } },
    errors: ['not_found'],
  },
  ...below('/runs/:run_id', 'Runs', 'Run'),
  ...below('/threads/:thread_id/runs/:run_id', 'Runs of a thread', 'ThreadRun'),
];
