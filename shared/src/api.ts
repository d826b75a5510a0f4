import * as z from 'zod/mini';
import type { Backup } from './admin.ts';
import { id } from './create-run-request.ts';
import type { JsonObject } from './json.ts';
import { jsonSchema } from './messages.ts';
import { RUN_STATUSES } from './status.ts';
import { strict } from './strict.ts';

/** Bytes of a request body. Firestore holds 1 MiB a document, and the first log entry carries the input. */
export const MAX_BODY_BYTES = 1_000_000;
export const MAX_PAGE = 100;

/** `config`, `context` and `metadata` of a run together, or the metadata of a thread. Bytes of JSON. */
export const MAX_CONFIG_BYTES = 64_000;
/** Bytes of JSON in one request. */
export const MAX_ANSWER_BYTES = 200_000;
const MAX_ANSWERS = 100;

/** POST /api/runs/:run_id/answer */
export const answerSchema = strict({
  answers: z.record(z.string().check(z.minLength(1), z.maxLength(200)), jsonSchema).check(
    z.refine((answers) => {
      const count = Object.keys(answers).length;
      return count > 0 && count <= MAX_ANSWERS;
    }, `must hold 1 to ${MAX_ANSWERS} answers, by the id of their question`),
  ),
});
export type AnswerBody = z.infer<typeof answerSchema>;

/** POST /api/admin/dead-letters/retry; without `runs` all that were not yet tried again. */
export const retryDeadLettersSchema = strict({
  runs: z.optional(z.array(strict({ owner: z.string(), run_id: id })).check(z.maxLength(MAX_PAGE))),
});
export type RetryDeadLetters = z.infer<typeof retryDeadLettersSchema>;

/** GET /api/runs */
export const listRunsSchema = strict({
  status: z.optional(z.enum(RUN_STATUSES)),
  assistant_id: z.optional(z.string().check(z.maxLength(100))),
  q: z.optional(z.string().check(z.maxLength(200))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(MAX_PAGE)), 20),
  cursor: z.optional(z.string().check(z.maxLength(500))),
  thread_id: z.optional(id),
});
export type ListRuns = z.infer<typeof listRunsSchema>;

/** Routes that take no query, or no body. */
export const nothingSchema = strict({});

export interface Thread {
  thread_id: string;
  created_at: string;
  updated_at: string;
  status: 'idle' | 'busy' | 'interrupted' | 'error';
  metadata: unknown;
  title: string;
  active_run_id: string | null;
}

/** What a webhook is told. */
export const WEBHOOK_TYPES = ['run.completed', 'run.failed', 'run.cancelled', 'run.interrupted'] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];
export const WEBHOOK_STATUSES = ['pending', 'delivered', 'failed'] as const;

/** GET /api/runs/:run_id/webhooks answers `{ webhooks }`, newest first: what the run's URL was told, or is still to be. */
export interface WebhookDelivery {
  /** The header `webhook-id`, the same at each attempt. */
  id: string;
  /** The run's event of which it tells. */
  seq: number;
  type: WebhookType;
  url: string;
  /** `failed`: given up. */
  status: (typeof WEBHOOK_STATUSES)[number];
  created_at: string;
  next_attempt_at: string | null;
  /** `status` is that of the answer, null when there was none; `ms` how long it took. */
  attempts: { at: string; status: number | null; error: string | null; ms: number }[];
}

/** GET /api/graphs: what the page offers to run. */
export interface GraphInfo {
  id: string;
  title: string;
  description: string;
  examples: string[];
  /** Node id -> what the step is called on the page. */
  steps: { [node: string]: string };
  /** It works with the model that MODEL names; graphs may well bring their own. */
  uses_model?: boolean | undefined;
  /** Version of LangGraph that the graph's project brings along. */
  langgraph?: string | undefined;
  /** JSON Schemas, where the graph knows them while it runs: those of zod and StateSchema. */
  input_schema?: JsonObject | undefined;
  output_schema?: JsonObject | undefined;
  config_schema?: JsonObject | undefined;
  context_schema?: JsonObject | undefined;
  /** What could not be found out about a graph that can be run. */
  note?: string | undefined;
  /** Why it cannot be run. */
  error?: { code: 'graph_broken'; message: string } | undefined;
}

/** GET /api/health */
export interface Health {
  status: 'ok' | 'degraded';
  service: string;
  version: string;
  boot_id: string;
  storage: { kind: 'firestore' | 'embedded' | 'emulator'; state: 'ok' | 'unreachable' };
  /** `depth`: runs of all users that wait for a worker, counted at most some seconds ago; null when it is not known. */
  queue: { state: 'ok' | 'unreachable'; depth: number | null };
  /** The newest backup of the embedded store. Null: there is none yet, or (in the cloud) it is not known here. */
  last_backup: { at: string; kind: Backup['kind'] } | null;
  /** Of the project's own users, if it knows some; while it is broken none of them is let in. */
  auth?: { state: 'ok' | 'broken' };
  model: string;
}
