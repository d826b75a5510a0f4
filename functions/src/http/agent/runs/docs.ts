import type { ErrorCode } from '@longrun/shared';
import type { Operation } from '../../openapi/operation.ts';

/** What the API's document says of the routes of runs beyond their schemas. */
type Doc = Partial<Omit<Operation, 'method' | 'path' | 'summary' | 'for' | 'query'>>;

const EXAMPLE = {
  assistant_id: 'research',
  input: { messages: [{ role: 'user', content: 'How do I cancel a task that was already enqueued?' }] },
};

const LOCATION = {
  'Content-Location': 'Where the run is, below /api: /threads/{thread_id}/runs/{run_id}, or /runs/{run_id}.',
};
const HEADERS = [
  { name: 'Idempotency-Key', description: 'Makes repeating the request safe. 1 to 200 characters.' },
  {
    name: 'X-Cloud-Trace-Context',
    description: 'TRACE_ID/SPAN_ID;o=1: the trace to which the run belongs.',
  },
];
const REFUSALS: ErrorCode[] = [
  'not_found',
  'unknown_graph',
  'thread_busy',
  'not_interrupted',
  'already_answered',
  'idempotency_conflict',
  'too_large',
  'unsupported_media_type',
  'limit_exceeded',
  'quota_exceeded',
];
const BODY = { schema: 'CreateRun', example: EXAMPLE, required: true } as const;

export const creating = (onThread: boolean): Doc => ({
  id: onThread ? 'createThreadRun' : 'createRun',
  description:
    'Answers at once; the run goes on without you. The same `run_id` or `Idempotency-Key` with the same request gives the same run. ' +
    '`assistant_id` is an assistant’s id, or a graph’s. A thread whose run asks something is free: `command.resume` answers it, anything else ends that run. ' +
    'With `webhook`, an https URL is told when the run ends or asks something: signed as Standard Webhooks says, at least once, ' +
    'tried again for some 31 hours. ' +
    'Every field is obeyed or refused: one that is not listed, or not supported, is a 400 that names it. ' +
    'The graph finds the headers `x-*` and `user-agent` of the request in `config.configurable` (32 of them, 1,000 characters each at most; ' +
    'none of proxies, and none whose name speaks of keys, tokens or sessions), where entries of the request itself come first.',
  headers: HEADERS,
  body: BODY,
  answers: { 200: { description: 'The run.', schema: 'ApiRun', headers: LOCATION } },
  errors: REFUSALS,
});

const RESULT =
  'The output of the graph; `{"__interrupt__": [...]}` when the run asks something, `{"__error__": {...}}` when it failed. May begin with newlines.';

export const WAITING: Doc = {
  headers: HEADERS,
  body: BODY,
  description: 'With `on_disconnect: "cancel"` the run ends when its reader leaves.',
  answers: { 200: { description: RESULT, schema: 'Joined', headers: LOCATION } },
  errors: REFUSALS,
};

export const BATCH: Doc = {
  headers: HEADERS,
  body: { schema: 'CreateRuns', example: [EXAMPLE], required: true },
  description: 'One after the other: when one is refused, those before it have been started.',
  answers: { 200: { description: 'The runs.', schema: 'ApiRuns' } },
  errors: REFUSALS,
};

export const LIST: Doc = {
  id: 'listThreadRuns',
  description: 'Without `longrun`: GET /api/runs lists whole runs. With `select`, only the named fields.',
  answers: { 200: { description: 'The runs.', schema: 'ApiRuns' } },
  errors: ['not_found'],
};

export const GET: Doc = {
  id: 'getThreadRun',
  description:
    'What a run did from its start, or from an answer, until it asked or ended. `longrun` is all of it: see GET /api/runs/{run_id}.',
  answers: { 200: { description: 'The run.', schema: 'ApiRun' } },
  errors: ['not_found'],
};

export const DELETE: Doc = {
  description: 'Together with what followed from answers to it. One that only asks is given up.',
  answers: { 204: { description: 'It is gone.' } },
  errors: ['not_found', 'not_ended'],
};

export const JOIN: Doc = {
  description:
    'Waits as long as its reader does. The output is whole, however large. When it was too large ' +
    'for the run and its thread is gone, the answer is 404 with `details.output_bytes`.',
  answers: { 200: { description: RESULT, schema: 'Joined' } },
  errors: ['not_found'],
};

export const CANCEL: Doc = {
  description: 'Within two seconds. One that has ended, and be it by asking, stays as it is.',
  body: { schema: 'CancelRun' },
  answers: { 202: { description: 'It ends.' }, 204: { description: 'It has ended.' } },
  errors: ['not_found'],
};

export const STREAM_NEW: Doc = {
  headers: HEADERS,
  body: BODY,
  description:
    'Events as LangGraph’s clients read them, in the modes that `stream_mode` names. With `on_disconnect: "cancel"` the run ends when its reader leaves.',
  answers: {
    200: {
      description: 'The stream; it ends with the run.',
      type: 'text/event-stream',
      headers: { ...LOCATION, Location: 'Where the stream goes on after a cut, below /api.' },
    },
  },
  errors: REFUSALS,
};

export const STREAM: Doc = {
  description:
    'Without `Last-Event-ID` what comes from now on; with `-1` everything; with an id what follows it. Of an ended run the rest, and then the end.',
  headers: [{ name: 'Last-Event-ID', description: 'The last event that was seen, or -1.' }],
  answers: { 200: { description: 'The stream; it ends with the run.', type: 'text/event-stream' } },
  errors: ['not_found'],
};

export const THREAD_STREAM: Doc = {
  description:
    'Each run as its own stream tells it, and `metadata` with `status: "run_done"` at its end. Without `Last-Event-ID` what comes from now on; ' +
    'with `-` everything, of the newest thousand runs; with an id what follows it.',
  headers: [{ name: 'Last-Event-ID', description: 'The last event that was seen, or -.' }],
  answers: {
    200: {
      description: 'The stream; it ends with its reader.',
      type: 'text/event-stream',
      headers: { Location: 'Where the stream goes on after a cut, below /api.' },
    },
  },
  errors: ['not_found'],
};

export const EVENTS: Doc = {
  description:
    'Server-sent events: `id` is the event’s number, `event` its type, `data` the event as JSON (`RunEvent`). ' +
    'A comment comes every five seconds. The stream ends with the run, or earlier; then one goes on after `Last-Event-ID`.',
  headers: [{ name: 'Last-Event-ID', description: 'Number of the last event that was seen.' }],
  answers: { 200: { description: 'The stream.', type: 'text/event-stream', schema: 'RunEvent' } },
  errors: ['not_found'],
};
