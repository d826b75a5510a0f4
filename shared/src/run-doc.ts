import { packJson, unpackJson, type Json, type JsonObject } from './json.ts';
import { FORMAT } from './format.ts';
import type { Run } from './run.ts';
import { isRunStatus } from './status.ts';

/**
 * The run document: the fold's fields, of which those with arbitrary JSON are packed, and the `format` in which they are.
 * Next to them it holds what is not part of the fold: `wake_at`, `tidy_at`, `search`, `request_hash`.
 */
const PACKED = [
  'input',
  'config',
  'metadata',
  'context',
  'messages',
  'output',
  'error',
  'interrupts',
  'answers',
  'askers',
  'usage_by_node',
  'sources',
  'request',
  'command',
  'turns',
] as const;

/** Every field of the fold, and what it is where a document lacks it: one of before there was the field. */
const fields = (): Record<keyof Run, Json> => ({
  run_id: null,
  thread_id: null,
  owner: null,
  assistant_id: null,
  status: null,
  title: '',
  created_at: null,
  started_at: null,
  updated_at: null,
  finished_at: null,
  input: null,
  input_bytes: null,
  config: {},
  metadata: {},
  context: null,
  interrupt_before: null,
  interrupt_after: null,
  nodes: [],
  progress: null,
  steps_done: 0,
  attempt: 0,
  failures: 0,
  lost: 0,
  holder: null,
  retry_at: null,
  messages: [],
  messages_dropped: null,
  output: null,
  output_bytes: null,
  error: null,
  interrupts: [],
  answers: {},
  askers: {},
  asked_at: null,
  waited_ms: 0,
  usage: { input_tokens: 0, output_tokens: 0, calls: 0 },
  usage_by_node: {},
  sources: [],
  cancel_requested: false,
  rollback_requested: false,
  cancel_reason: null,
  last_checkpoint: null,
  base_checkpoint: null,
  retry_of: null,
  queued: false,
  supersedes: null,
  rollback_of: null,
  run_timeout_ms: null,
  step_timeout_ms: null,
  webhook: null,
  request: null,
  command: null,
  stream: null,
  start_at: null,
  turns: [],
  withdrawn: false,
  trace: null,
  head: null,
});

export function runToDoc(run: Run): JsonObject {
  const doc: JsonObject = {};
  const values: { [field: string]: unknown } = { ...run };
  for (const field of Object.keys(fields())) doc[field] = plain(values[field]);
  for (const field of PACKED) doc[field] = packJson(doc[field] ?? null);
  doc['format'] = FORMAT;
  return doc;
}

/** Whether the document of a run or a thread is left only until all that belongs to it is removed: for readers it is gone. */
export const isBeingRemoved = (doc: { [field: string]: unknown }): boolean => doc['removing'] === true;

/** The inverse; the document is written by Longrun only, so its shape is trusted, not parsed. Of a newer one: what is understood. */
export function runFromDoc(doc: { [field: string]: unknown }): Run {
  const run: { [field: string]: unknown } = {};
  for (const [field, absent] of Object.entries(fields())) {
    run[field] = unpackJson((doc[field] ?? absent) as Json);
  }
  const { status } = run;
  if (typeof status === 'string' && !isRunStatus(status)) {
    run['status'] = run['finished_at'] === null ? 'running' : 'failed';
  }
  return run as unknown as Run;
}

/** Drops what is `undefined`, which neither JSON nor Firestore knows. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
