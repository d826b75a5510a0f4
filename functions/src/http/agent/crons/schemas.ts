import { createRunSchema, only, strict } from '@longrun/shared';
import * as z from 'zod/mini';
import { MAX_OFFSET } from '../assistants/schemas.ts';

const MAX_SCHEDULE_CHARS = 200;
const MAX_ZONE_CHARS = 100;
const maybe = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.nullable(schema)).check(z.describe(what));

const run = createRunSchema.shape;
const schedule = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(MAX_SCHEDULE_CHARS),
    z.describe('Five fields, as of cron: minute, hour, day of the month, month, weekday.'),
  );
/** Without an offset it is of UTC. */
const time = z.pipe(
  z.iso.datetime({ offset: true, local: true, error: 'must be a time such as 2027-01-31T12:00:00Z' }),
  z.transform((text) => new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`).toISOString()),
);

/** The parts of a run's request that are the same each time. */
const payload = {
  input: run.input,
  config: run.config,
  context: run.context,
  webhook: run.webhook,
  interrupt_before: run.interrupt_before,
  interrupt_after: run.interrupt_after,
  multitask_strategy: run.multitask_strategy,
  stream_mode: run.stream_mode,
  stream_subgraphs: run.stream_subgraphs,
  stream_resumable: run.stream_resumable,
  durability: run.durability,
  checkpoint_during: run.checkpoint_during,
};
export const payloadSchema = z.object(payload);

const settings = {
  ...payload,
  metadata: maybe(z.nonoptional(run.metadata), 'Kept with the cron and with each of its runs.'),
  timezone: maybe(
    z.string().check(z.maxLength(MAX_ZONE_CHARS)),
    'Whose clocks the schedule means, such as Europe/Berlin. Default: UTC.',
  ),
  end_time: maybe(time, 'The last moment at which a run may be due.'),
  enabled: maybe(z.boolean(), 'false: no run is started.'),
};
const onRunCompleted = maybe(
  z.enum(['delete', 'keep']),
  '"delete": a run and its thread are removed some days after its end. "keep": both stay.',
);

/** POST /runs/crons */
export const createCronSchema = strict({
  assistant_id: run.assistant_id,
  schedule,
  ...settings,
  on_run_completed: onRunCompleted,
});
export type CreateCron = z.infer<typeof createCronSchema>;

/** POST /threads/:thread_id/runs/crons */
export const createThreadCronSchema = strict({
  assistant_id: run.assistant_id,
  schedule,
  ...settings,
  on_run_completed: only(['keep'], 'the thread is not the cron’s own'),
});

/** PATCH /runs/crons/:cron_id */
export const patchCronSchema = strict({
  assistant_id: maybe(run.assistant_id, 'Another assistant, or graph.'),
  schedule: maybe(schedule, 'Another schedule.'),
  ...settings,
  on_run_completed: onRunCompleted,
});
export type PatchCron = z.infer<typeof patchCronSchema>;

const FIELDS = [
  'cron_id',
  'assistant_id',
  'thread_id',
  'schedule',
  'timezone',
  'enabled',
  'end_time',
  'next_run_date',
  'on_run_completed',
  'payload',
  'metadata',
  'user_id',
  'created_at',
  'updated_at',
  'longrun',
] as const;

const filter = {
  assistant_id: maybe(z.string(), 'Only those of an assistant.'),
  thread_id: maybe(z.string(), 'Only those of a thread.'),
  metadata: run.metadata,
};

/** POST /runs/crons/search */
export const searchCronsSchema = strict({
  ...filter,
  enabled: maybe(z.boolean(), 'Only those that are enabled, or that are not.'),
  limit: z._default(z.int().check(z.gte(1), z.lte(1_000)), 10),
  offset: z._default(z.int().check(z.gte(0), z.lte(MAX_OFFSET)), 0),
  sort_by: maybe(
    z.enum(['cron_id', 'assistant_id', 'thread_id', 'created_at', 'updated_at', 'next_run_date']),
    'Default: created_at.',
  ),
  sort_order: maybe(z.enum(['asc', 'desc']), 'Default: desc.'),
  select: maybe(z.array(z.enum(FIELDS)), 'Only these fields of each.'),
});
export type SearchCrons = z.infer<typeof searchCronsSchema>;

/** POST /runs/crons/count */
export const countCronsSchema = strict(filter);
export type CronFilter = z.infer<typeof countCronsSchema> & { enabled?: boolean | null | undefined };
