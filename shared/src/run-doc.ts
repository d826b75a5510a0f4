import { packJson, unpackJson, type Json, type JsonObject } from './json.ts';
import type { Run } from './run.ts';

/**
 * The run document: the fold's fields, of which those with arbitrary JSON are packed. Next to them it holds
 * what is not part of the fold: `lease`, `wake_at`, `search`, `expire_at`.
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
] as const;

const FIELDS: readonly (keyof Run)[] = [
  'run_id',
  'thread_id',
  'owner',
  'assistant_id',
  'status',
  'title',
  'created_at',
  'started_at',
  'updated_at',
  'finished_at',
  'input',
  'input_bytes',
  'config',
  'metadata',
  'context',
  'interrupt_before',
  'interrupt_after',
  'nodes',
  'progress',
  'steps_done',
  'attempt',
  'failures',
  'lost',
  'holder',
  'retry_at',
  'messages',
  'messages_dropped',
  'output',
  'output_bytes',
  'error',
  'interrupts',
  'answers',
  'askers',
  'asked_at',
  'waited_ms',
  'usage',
  'usage_by_node',
  'sources',
  'cancel_requested',
  'last_checkpoint',
  'base_checkpoint',
  'retry_of',
  'queued',
  'supersedes',
  'rollback_of',
  'run_timeout_ms',
  'step_timeout_ms',
  'webhook',
  'trace',
  'head',
];

export function runToDoc(run: Run): JsonObject {
  const doc: JsonObject = {};
  for (const field of FIELDS) doc[field] = plain(run[field]);
  for (const field of PACKED) doc[field] = packJson(doc[field] ?? null);
  doc['usage_by_node'] = packJson(doc['usage_by_node'] ?? null);
  doc['sources'] = packJson(doc['sources'] ?? null);
  return doc;
}

/** The inverse; the document is written by this code only, so its shape is trusted, not parsed. */
export function runFromDoc(doc: { [field: string]: unknown }): Run {
  const run: { [field: string]: unknown } = {};
  for (const field of FIELDS) run[field] = unpackJson((doc[field] ?? null) as Json);
  // Documents that were written before it was counted do not have it.
  run['lost'] ??= 0;
  return run as unknown as Run;
}

/** Drops what is `undefined`, which neither JSON nor Firestore knows. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
