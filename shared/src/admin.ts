import * as z from 'zod/mini';
import type { Run } from './run.ts';
import { strict } from './strict.ts';

/** What operators' pages and the function `admin` say to each other, below /api/admin. Times are ISO 8601, UTC. */

/** GET /api/admin/me: any signed-in user may ask. */
export interface AdminMe {
  admin: boolean;
  /** An embedded installation without an admin: whoever asks first (POST /api/admin/claim) becomes one. */
  claimable: boolean;
}

export interface PartHealth {
  /** What an operator calls it: `storage`, `queue`, `identity`, `edge`, `cache`, `tracing`, `model`. */
  name: string;
  state: 'ok' | 'unreachable' | 'off';
  /** One line in words: what answers, or why it does not. */
  detail: string;
  /** Milliseconds until it answered. */
  latency_ms: number | null;
}

export interface ActiveRun extends Pick<
  Run,
  'owner' | 'run_id' | 'thread_id' | 'assistant_id' | 'title' | 'status' | 'attempt' | 'created_at'
> {
  started_at: string | null;
  updated_at: string;
  /** Node ids at work. */
  nodes: string[];
}

/** What an operator needs to know of a run that was given up. GET /api/admin/dead-letters -> { runs } */
export interface DeadLetter extends Pick<
  Run,
  | 'owner'
  | 'run_id'
  | 'thread_id'
  | 'assistant_id'
  | 'title'
  | 'attempt'
  | 'steps_done'
  | 'error'
  | 'finished_at'
> {
  /** The run that was made to do it again. */
  retried_by: string | null;
}

/** What became of each: its new run, or why there is none. POST /api/admin/dead-letters/retry -> { runs } */
export type RetryOutcome = { owner: string; run_id: string } & ({ retried_by: string } | { error: string });

/** GET /api/admin/overview */
export interface AdminOverview {
  at: string;
  version: string;
  model: string;
  parts: PartHealth[];
  queue: {
    /** Runs that wait for a worker. */
    waiting: number;
    running: number;
    /** Runs that wait for a person's answer. */
    interrupted: number;
    /** Age of the oldest that waits for a worker. Seconds. */
    oldest_waiting_s: number | null;
  };
  /** Worker processes that hold a run at the moment. */
  workers: number;
  /** The newest that have not ended, at most MAX_PAGE. */
  active: ActiveRun[];
  alerts: AdminAlert[];
}

export interface AdminAlert {
  name: 'error_rate' | 'queue_depth' | 'api_latency' | 'daily_cost';
  /** What is measured, in the unit of the threshold. Null: nothing to measure yet. */
  value: number | null;
  threshold: number;
  unit: 'percent' | 'runs' | 'seconds' | 'usd';
  firing: boolean;
  /** What was measured, as the end of a sentence that begins with the value. */
  detail?: string;
}

export interface Quantiles {
  count: number;
  p50_ms: number;
  p95_ms: number;
}

/** GET /api/admin/metrics?hours=1..720 (default 24): runs that ended in that time, of all users. */
export interface AdminMetrics {
  since: string;
  until: string;
  /** Exact counts of runs that ended. */
  completed: number;
  failed: number;
  cancelled: number;
  /** completed / (completed + failed); null when nothing ended. */
  success_rate: number | null;
  /** Runs of which the figures below were taken: the newest ones. */
  sampled: number;
  /** From the first start to the end, without waiting for a person. */
  processing: Quantiles | null;
  /** From creation to the first start. */
  queue_wait: Quantiles | null;
  /** Of the newest 50 of them, whose logs say it. */
  nodes: (Quantiles & { assistant_id: string; node: string })[];
  usage: { input_tokens: number; output_tokens: number; cost_usd: number };
  /** Equal parts of the time, oldest first, none missing. */
  series: { from: string; completed: number; failed: number; cancelled: number; cost_usd: number }[];
}

export interface Backup {
  name: string;
  at: string;
  bytes: number | null;
  /** Why it was made. */
  kind: 'scheduled' | 'shutdown' | 'manual' | 'cloud';
}

/** GET /api/admin/storage */
export interface AdminStorage {
  kind: 'embedded' | 'firestore' | 'emulator';
  project: string;
  database: string;
  /** Bytes of the embedded store's files; null in the cloud. */
  bytes: number | null;
  /** Newest first. Null: nobody here knows (an emulator). */
  backups: Backup[] | null;
  /** Null when unknown or when there is none. */
  last_backup_at: string | null;
  next_backup_at: string | null;
  point_in_time_recovery: boolean | null;
  /** What could not be found out, and why. */
  problems?: string[];
}

/** GET /api/admin/config: the configuration in force; of a secret only whether it is set. */
export interface AdminConfig {
  settings: { name: string; value: string | null; secret: boolean; from: 'environment' | 'default' }[];
}

export const ADMIN_ACTIONS = [
  'purge_cdn',
  'flush_cache',
  'retry_dead_letters',
  'grant_admin',
  'revoke_admin',
  'make_api_key',
  'revoke_api_key',
  'backup',
  'change_limits',
] as const;
export type AdminAction = (typeof ADMIN_ACTIONS)[number];

/**
 * POST /api/admin/purge {path?} and POST /api/admin/flush-cache answer 202 with this; GET /api/admin/operations/:id tells how far
 * it is.
 */
export interface AdminOperation {
  operation_id: string;
  action: AdminAction;
  status: 'running' | 'done' | 'failed';
  /** 0 to 100. */
  progress: number;
  started_at: string;
  finished_at: string | null;
  /** In words: what was done, or why it failed. */
  detail: string;
}

/** One line of the append-only log of what admins did. GET /api/admin/audit?limit&cursor -> { entries, next_cursor } */
export interface AuditEntry {
  id: string;
  at: string;
  by: { uid: string; email: string | null };
  action: AdminAction;
  /** What it was done to: a path, a run, a person. */
  target: string;
  outcome: 'started' | 'succeeded' | 'failed';
  detail: string;
  operation_id: string | null;
}

/** POST /api/admin/purge */
export const purgeSchema = strict({
  /** One path, or all below one: `/index.html`, `/assets/*`. */
  path: z._default(
    z
      .string()
      .check(
        z.maxLength(1_024),
        z.regex(/^\/([^*\s]*|([^*\s]*\/)?\*)$/, 'must begin with "/" and may end in "/*"'),
      ),
    '/*',
  ),
});

/** GET /api/admin/metrics */
export const metricsSchema = strict({
  hours: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(720)), 24),
});

/** GET /api/admin/audit */
export const auditSchema = strict({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(500))),
});
