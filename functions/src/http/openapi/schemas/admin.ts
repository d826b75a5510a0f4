import {
  ADMIN_ACTIONS,
  errorSchema,
  RUN_STATUSES,
  totalLimitsSchema,
  userLimitsSchema,
  type AdminAlert,
  type AdminConfig,
  type AdminLimits,
  type AdminMe,
  type AdminMetrics,
  type AdminOperation,
  type AdminOverview,
  type AdminStorage,
  type AuditEntry,
  type DeadLetter,
  type InstallationLimits,
  type Quantiles,
  type RetryOutcome,
} from '@longrun/shared';
import * as z from 'zod/mini';
import { time } from './run.ts';
import type { SchemaOf } from './schema-of.ts';

/** Answers of the function `admin`. */
const maybe = z.nullable(z.string());

const deadLetterSchema = z.object({
  owner: z.string(),
  run_id: z.string(),
  thread_id: z.string(),
  assistant_id: z.string(),
  title: z.string(),
  attempt: z.int(),
  steps_done: z.int(),
  error: z.nullable(errorSchema),
  finished_at: maybe,
  retried_by: maybe,
}) satisfies SchemaOf<DeadLetter>;
export const deadLettersSchema = z.object({ runs: z.array(deadLetterSchema) });

const ofRun = { owner: z.string(), run_id: z.string() };
const outcomeSchema = z.union([
  z.object({ ...ofRun, retried_by: z.string() }),
  z.object({ ...ofRun, error: z.string() }),
]) satisfies z.ZodMiniType<RetryOutcome>;
export const retryOutcomesSchema = z.object({ runs: z.array(outcomeSchema) });

const maybeTime = z.nullable(time);

export const adminMeSchema = z.object({
  admin: z.boolean(),
  claimable: z.boolean(),
}) satisfies SchemaOf<AdminMe>;

const alertSchema = z.object({
  name: z.enum(['error_rate', 'queue_depth', 'api_latency', 'daily_cost']),
  value: z.nullable(z.number()),
  threshold: z.number(),
  unit: z.enum(['percent', 'runs', 'seconds', 'usd']),
  firing: z.boolean(),
  detail: z.exactOptional(z.string()),
}) satisfies SchemaOf<AdminAlert>;

export const adminOverviewSchema = z.object({
  at: time,
  version: z.string(),
  model: z.string(),
  parts: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ok', 'unreachable', 'off']),
      detail: z.string(),
      latency_ms: z.nullable(z.number()),
    }),
  ),
  queue: z.object({
    waiting: z.int(),
    running: z.int(),
    interrupted: z.int(),
    oldest_waiting_s: z.nullable(z.number()),
  }),
  workers: z.int(),
  active: z.array(
    z.object({
      owner: z.string(),
      run_id: z.string(),
      thread_id: z.string(),
      assistant_id: z.string(),
      title: z.string(),
      status: z.enum(RUN_STATUSES),
      attempt: z.int(),
      created_at: time,
      started_at: maybeTime,
      updated_at: time,
      nodes: z.array(z.string()),
    }),
  ),
  alerts: z.array(alertSchema),
}) satisfies SchemaOf<AdminOverview>;

const quantiles = { count: z.int(), p50_ms: z.number(), p95_ms: z.number() };
const quantilesSchema = z.object(quantiles) satisfies SchemaOf<Quantiles>;
const ended = { completed: z.int(), failed: z.int(), cancelled: z.int() };

export const adminMetricsSchema = z.object({
  since: time,
  until: time,
  ...ended,
  success_rate: z.nullable(z.number()),
  sampled: z.int(),
  processing: z.nullable(quantilesSchema),
  queue_wait: z.nullable(quantilesSchema),
  nodes: z.array(z.object({ ...quantiles, assistant_id: z.string(), node: z.string() })),
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int(), cost_usd: z.number() }),
  series: z.array(z.object({ from: time, ...ended, cost_usd: z.number() })),
}) satisfies SchemaOf<AdminMetrics>;

export const adminStorageSchema = z.object({
  kind: z.enum(['embedded', 'firestore', 'emulator']),
  project: z.string(),
  database: z.string(),
  bytes: z.nullable(z.number()),
  backups: z.nullable(
    z.array(
      z.object({
        name: z.string(),
        at: time,
        bytes: z.nullable(z.number()),
        kind: z.enum(['scheduled', 'shutdown', 'manual', 'cloud']),
      }),
    ),
  ),
  last_backup_at: maybeTime,
  next_backup_at: maybeTime,
  point_in_time_recovery: z.nullable(z.boolean()),
  problems: z.exactOptional(z.array(z.string())),
}) satisfies SchemaOf<AdminStorage>;

export const adminConfigSchema = z.object({
  settings: z.array(
    z.object({
      name: z.string(),
      value: maybe,
      secret: z.boolean(),
      from: z.enum(['environment', 'default']),
    }),
  ),
}) satisfies SchemaOf<AdminConfig>;

const installationSchema = z.object({
  user: userLimitsSchema,
  anonymous: userLimitsSchema,
  total: totalLimitsSchema,
}) satisfies SchemaOf<InstallationLimits>;

export const adminLimitsSchema = z.object({
  day: z.string(),
  defaults: installationSchema,
  limits: installationSchema,
  used: z.object({ runs_at_once: z.int(), usd_today: z.number() }),
  users: z.array(
    z.object({
      owner: z.string(),
      runs_today: z.int(),
      usd_today: z.number(),
      limits: z.nullable(z.partial(userLimitsSchema)),
    }),
  ),
}) satisfies SchemaOf<AdminLimits>;

export const adminOperationSchema = z.object({
  operation_id: z.string(),
  action: z.enum(ADMIN_ACTIONS),
  status: z.enum(['running', 'done', 'failed']),
  progress: z.number().check(z.gte(0), z.lte(100)),
  started_at: time,
  finished_at: maybeTime,
  detail: z.string(),
}) satisfies SchemaOf<AdminOperation>;

const auditEntrySchema = z.object({
  id: z.string(),
  at: time,
  by: z.object({ uid: z.string(), email: maybe }),
  action: z.enum(ADMIN_ACTIONS),
  target: z.string(),
  outcome: z.enum(['started', 'succeeded', 'failed']),
  detail: z.string(),
  operation_id: maybe,
}) satisfies SchemaOf<AuditEntry>;
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next_cursor: maybe });
