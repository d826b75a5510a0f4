import * as z from 'zod/mini';
import { ID_PATTERN } from './ids.ts';
import { jsonSchema } from './messages.ts';
import { RUN_STATUSES } from './status.ts';

/** Bytes of a request body. Firestore holds 1 MiB a document, and the first log entry carries the input. */
export const MAX_BODY_BYTES = 1_000_000;
export const MAX_PAGE = 100;

const id = z.string().check(z.regex(ID_PATTERN, 'must be 1-100 letters, digits, "-" or "_"'));
const jsonObject = z.record(z.string(), jsonSchema);

/** POST /api/threads */
export const createThreadSchema = z.looseObject({
  thread_id: z.optional(z.nullable(id)),
  metadata: z.optional(z.nullable(jsonObject)),
  if_exists: z.optional(z.nullable(z.enum(['raise', 'do_nothing']))),
});
export type CreateThread = z.infer<typeof createThreadSchema>;

/** POST /api/runs and POST /api/threads/:thread_id/runs */
export const createRunSchema = z.looseObject({
  assistant_id: z.string().check(z.minLength(1), z.maxLength(100)),
  input: z.optional(jsonSchema),
  config: z.optional(z.nullable(jsonObject)),
  metadata: z.optional(z.nullable(jsonObject)),
  /** Made by the client, so that a page can show the run before the server answered. */
  run_id: z.optional(id),
  thread_id: z.optional(z.nullable(id)),
});
export type CreateRun = z.infer<typeof createRunSchema>;

/** GET /api/runs and GET /api/threads/:thread_id/runs */
export const listRunsSchema = z.object({
  status: z.optional(z.enum(RUN_STATUSES)),
  assistant_id: z.optional(z.string().check(z.maxLength(100))),
  thread_id: z.optional(id),
  q: z.optional(z.string().check(z.maxLength(200))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(MAX_PAGE)), 20),
  cursor: z.optional(z.string().check(z.maxLength(500))),
});
export type ListRuns = z.infer<typeof listRunsSchema>;

export interface Thread {
  thread_id: string;
  created_at: string;
  updated_at: string;
  status: 'idle' | 'busy' | 'interrupted' | 'error';
  metadata: unknown;
  title: string;
  active_run_id: string | null;
}

/** GET /api/graphs: what the page offers to run. */
export interface GraphInfo {
  id: string;
  title: string;
  description: string;
  examples: string[];
  /** Node id -> what the step is called on the page. */
  steps: { [node: string]: string };
}

/** GET /api/health */
export interface Health {
  status: 'ok' | 'degraded';
  service: string;
  version: string;
  boot_id: string;
  storage: { kind: 'firestore' | 'embedded' | 'emulator'; state: 'ok' | 'unreachable' };
  queue: { state: 'ok' | 'unreachable' };
  model: string;
}
