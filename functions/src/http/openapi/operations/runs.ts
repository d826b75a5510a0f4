import { cancelSchema, listenSchema, listRunsSchema, listThreadRunsSchema } from '@longrun/shared';
import type { Operation } from '../operation.ts';

const EXAMPLE = {
  assistant_id: 'research',
  input: { messages: [{ role: 'user', content: 'How do I cancel a task that was already enqueued?' }] },
};

const create: Omit<Operation, 'path' | 'tag' | 'id' | 'summary'> = {
  method: 'post',
  description:
    'Answers at once; the run goes on without you. The same `run_id` or `Idempotency-Key` with the same request gives the same run. ' +
    'With `webhook`, an https URL is told when the run ends or asks something: signed as Standard Webhooks says, at least once, ' +
    'tried again for some 31 hours. ' +
    'Every field is obeyed or refused: one that is not listed, or not supported, is a 400 that names it. ' +
    'The graph finds the headers `x-*` and `user-agent` of the request in `config.configurable` (32 of them, 1,000 characters each at most; ' +
    'none of proxies, and none whose name speaks of keys, tokens or sessions), where entries of the request itself come first.',
  for: 'user',
  headers: [
    { name: 'Idempotency-Key', description: 'Makes repeating the request safe. 1 to 200 characters.' },
    {
      name: 'X-Cloud-Trace-Context',
      description: 'TRACE_ID/SPAN_ID;o=1: the trace to which the run belongs.',
    },
  ],
  body: { schema: 'CreateRun', example: EXAMPLE, required: true },
  answers: {
    200: { description: 'The run that the same request made before.', schema: 'Run' },
    201: {
      description: 'The new run.',
      schema: 'Run',
      headers: { 'Content-Location': 'Where the run is: /api/threads/{thread_id}/runs/{run_id}.' },
    },
  },
  errors: [
    'not_found',
    'unknown_graph',
    'thread_busy',
    'idempotency_conflict',
    'too_large',
    'unsupported_media_type',
    'limit_exceeded',
    'quota_exceeded',
  ],
};

const list: Omit<Operation, 'path' | 'tag' | 'id' | 'summary'> = {
  method: 'get',
  for: 'user',
  answers: { 200: { description: 'A page; `next_cursor` asks for the next.', schema: 'RunPage' } },
};

/** What there is below one run. `path` and `id` are completed for both of its addresses. */
const OF_RUN: readonly Omit<Operation, 'tag'>[] = [
  {
    method: 'get',
    path: '',
    id: 'get*',
    summary: 'One glance at a run',
    for: 'user',
    description:
      'Whole: `input` and `output`, and once it has ended `messages`, also where they are too large for lists and for what pages listen to. ' +
      'There `input_bytes`, `output_bytes` and `messages_dropped` say what is left out. They say so here only when it cannot be had: ' +
      'messages of a run that goes on are in its stream, an output is kept by the state of its thread.',
    answers: { 200: { description: 'The run.', schema: 'Run' } },
  },
  {
    method: 'delete',
    path: '',
    id: 'delete*',
    summary: 'Delete an ended run with all that belongs to it',
    for: 'user',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_ended'],
  },
  {
    method: 'get',
    path: '/join',
    id: 'join*',
    summary: 'Wait for the end and get the output',
    description:
      'Waits ten minutes at most; then it answers 503, and one joins again. The output is whole, however large. When it was too large ' +
      'for the run and its thread is gone, the answer is 404 with `details.output_bytes`.',
    for: 'user',
    query: listenSchema,
    answers: {
      200: {
        description: 'The output; of a run that did not complete, why.',
        schema: 'Joined',
      },
    },
  },
  {
    method: 'get',
    path: '/stream',
    id: 'stream*',
    summary: 'All events: replayed, then live',
    description:
      'Server-sent events: `id` is the event’s number, `event` its type, `data` the event as JSON (`RunEvent`). ' +
      'A comment comes every 15 seconds. The stream ends with the run, or earlier; then one goes on after `Last-Event-ID`.',
    for: 'user',
    query: listenSchema,
    headers: [{ name: 'Last-Event-ID', description: 'Number of the last event that was seen.' }],
    answers: {
      200: { description: 'The stream.', type: 'text/event-stream', schema: 'RunEvent' },
    },
  },
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
    path: '/cancel',
    id: 'cancel*',
    summary: 'End a run within two seconds and keep what there is',
    for: 'user',
    query: cancelSchema,
    body: { schema: 'CancelRun' },
    answers: { 200: { description: 'The run as it is now; doing it twice changes nothing.', schema: 'Run' } },
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
  { ...create, path: '/runs', tag: 'Runs', id: 'createRun', summary: 'Start a run' },
  {
    ...list,
    query: listRunsSchema,
    path: '/runs',
    tag: 'Runs',
    id: 'listRuns',
    summary: 'Your runs, newest first',
  },
  ...below('/runs/:run_id', 'Runs', 'Run'),
  {
    ...create,
    path: '/threads/:thread_id/runs',
    tag: 'Runs of a thread',
    id: 'createThreadRun',
    summary: 'Start a run on a thread',
  },
  {
    ...list,
    query: listThreadRunsSchema,
    path: '/threads/:thread_id/runs',
    tag: 'Runs of a thread',
    id: 'listThreadRuns',
    summary: 'Runs of a thread, newest first',
    errors: ['not_found'],
  },
  ...below('/threads/:thread_id/runs/:run_id', 'Runs of a thread', 'ThreadRun'),
];
