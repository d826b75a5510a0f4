import {
  askerSchema,
  errorSchema,
  interruptSchema,
  jsonSchema,
  messageSchema,
  progressSchema,
  RUN_STATUSES,
  sourceSchema,
  stopsSchema,
  streamRequestSchema,
  WEBHOOK_STATUSES,
  WEBHOOK_TYPES,
  type Run,
  type RunTrace,
  type Usage,
  type WebhookDelivery,
} from '@longrun/shared';
import * as z from 'zod/mini';
import type { ApiRun } from '../../agent/runs/run-object.ts';
import { RUN_STATUSES_OF_API } from '../../agent/runs/schemas.ts';
import type { SchemaOf } from './schema-of.ts';

/** Answers about runs and threads as schemas. Each is checked against its TypeScript type, and by tests against real answers. */
export const time = z.iso.datetime();
const maybeTime = z.nullable(time);
const maybeId = z.nullable(z.string());
const count = z.int().check(z.gte(0));

const usageSumSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cached_tokens: z.exactOptional(count),
  cost_usd: z.exactOptional(z.number()),
  calls: count,
}) satisfies SchemaOf<Usage>;

export const runSchema = z.object({
  run_id: z.string(),
  thread_id: z.string(),
  owner: z.string(),
  assistant_id: z.string(),
  status: z.enum(RUN_STATUSES),
  title: z.string(),
  created_at: time,
  started_at: maybeTime,
  updated_at: time,
  finished_at: maybeTime,
  input: jsonSchema,
  input_bytes: z.nullable(count),
  config: jsonSchema,
  metadata: jsonSchema,
  context: jsonSchema,
  interrupt_before: z.nullable(stopsSchema),
  interrupt_after: z.nullable(stopsSchema),
  nodes: z.array(z.object({ task: z.string(), node: z.string(), ns: z.array(z.string()), started_at: time })),
  progress: z.nullable(progressSchema),
  steps_done: count,
  attempt: count,
  failures: count,
  lost: count,
  holder: maybeId,
  retry_at: maybeTime,
  messages: z.array(messageSchema),
  messages_dropped: z.nullable(count),
  output: jsonSchema,
  output_bytes: z.nullable(count),
  error: z.nullable(errorSchema),
  interrupts: z.array(interruptSchema),
  answers: z.record(z.string(), jsonSchema),
  askers: z.record(z.string(), askerSchema),
  asked_at: maybeTime,
  waited_ms: count,
  usage: usageSumSchema,
  usage_by_node: z.record(z.string(), usageSumSchema),
  sources: z.array(sourceSchema),
  cancel_requested: z.boolean(),
  rollback_requested: z.boolean(),
  cancel_reason: z.nullable(z.string()),
  last_checkpoint: maybeId,
  base_checkpoint: maybeId,
  retry_of: maybeId,
  queued: z.boolean(),
  supersedes: maybeId,
  rollback_of: maybeId,
  run_timeout_ms: z.nullable(count),
  step_timeout_ms: z.nullable(count),
  webhook: z.nullable(z.string()),
  request: jsonSchema,
  command: jsonSchema,
  stream: z.nullable(streamRequestSchema),
  start_at: maybeTime,
  turns: z.array(
    z.object({
      run_id: z.string(),
      request: jsonSchema,
      metadata: jsonSchema,
      seq: z.int(),
      at: time,
      asked_at: maybeTime,
    }),
  ),
  withdrawn: z.boolean(),
  trace: z.nullable(
    z.object({
      id: z.string(),
      parent: z.optional(z.string()),
      since: z.number(),
      attempt_at: z.nullable(z.number()),
    }),
  ),
  head: z.object({ entry: z.int(), seq: z.int() }),
}) satisfies SchemaOf<Run>;

export const runPageSchema = z.object({ runs: z.array(runSchema), next_cursor: z.nullable(z.string()) });

/** A run as LangGraph's clients know it. */
export const apiRunSchema = z.object({
  run_id: z.string(),
  thread_id: z.string(),
  assistant_id: z.string(),
  status: z.enum(RUN_STATUSES_OF_API),
  metadata: z.record(z.string(), jsonSchema),
  kwargs: z.record(z.string(), jsonSchema),
  multitask_strategy: z.string(),
  created_at: time,
  updated_at: time,
  cancel_reason: z.exactOptional(z.string()),
  longrun: z.exactOptional(runSchema),
}) satisfies SchemaOf<ApiRun>;

/** Of a list whose caller may have named the fields. */
export const apiRunsSchema = z.array(z.partial(apiRunSchema));

/** What a join answers with when the run did not complete. */
export const joinSchema = z.union([
  z.object({ __error__: z.object({ error: z.string(), message: z.string() }) }),
  z.object({ __interrupt__: z.array(z.object({ id: z.string(), value: jsonSchema })) }),
  jsonSchema,
]);

const deliverySchema = z.object({
  id: z.string(),
  seq: z.int(),
  type: z.enum(WEBHOOK_TYPES),
  url: z.string(),
  status: z.enum(WEBHOOK_STATUSES),
  created_at: time,
  next_attempt_at: maybeTime,
  attempts: z.array(
    z.object({ at: time, status: z.nullable(z.int()), error: z.nullable(z.string()), ms: z.number() }),
  ),
}) satisfies SchemaOf<WebhookDelivery>;

export const deliveriesSchema = z.object({ webhooks: z.array(deliverySchema) });

export const traceSchema = z.object({
  run_id: z.string(),
  trace_id: maybeId,
  spans: z.array(
    z.object({
      span_id: z.string(),
      parent_span_id: maybeId,
      name: z.string(),
      kind: z.enum(['browser', 'api', 'queue', 'worker', 'node', 'model', 'storage', 'other']),
      start_ms: z.number(),
      end_ms: z.number(),
      labels: z.record(z.string(), z.string()),
    }),
  ),
}) satisfies SchemaOf<RunTrace>;

/** What is sent to the webhook of a run. */
export const webhookMessageSchema = z.object({
  type: z.enum(WEBHOOK_TYPES),
  timestamp: time,
  data: z.object({
    run_id: z.string(),
    thread_id: z.string(),
    assistant_id: z.string(),
    status: z.enum(RUN_STATUSES),
    title: z.string(),
    error_code: z.nullable(z.string()),
    usage: usageSumSchema,
    created_at: time,
    finished_at: maybeTime,
  }),
});
