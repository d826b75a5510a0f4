import { STREAM_MODES, strict } from '@longrun/shared';
import * as z from 'zod/mini';

const bit = z.enum(['0', '1', 'true', 'false', 'True', 'False']);
const maybe = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.nullable(schema)).check(z.describe(what));
/** A query's key may come once or several times. */
const several = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.union([schema, z.array(schema)])).check(z.describe(what));

export const isSet = (value: boolean | string | null | undefined): boolean =>
  value === true || value === '1' || value === 'true' || value === 'True';

/** Of join. */
export const joinQuery = strict({
  cancel_on_disconnect: maybe(bit, '1: the run is cancelled when its reader leaves.'),
});

/** Of a run's stream. */
export const streamQuery = strict({
  cancel_on_disconnect: maybe(bit, '1: the run is cancelled when its reader leaves.'),
  stream_mode: several(z.enum(STREAM_MODES), 'Only these of the modes that the run was started with.'),
  namespace: several(z.string().check(z.maxLength(1_000)), 'Only these graphs; "" is the run’s own.'),
  checkpoint_id: maybe(z.string().check(z.maxLength(200)), 'Changes nothing.'),
});
const THREAD_MODES = ['run_modes', 'lifecycle', 'state_update'] as const;
export type ThreadMode = (typeof THREAD_MODES)[number];
/** Of the stream of a thread's runs. */
export const threadStreamQuery = strict({
  stream_mode: several(
    z.enum(THREAD_MODES),
    '"run_modes": what each run was started with. "lifecycle": that a run has begun, or is done. "state_update": the state that each leaves.',
  ),
});
export type StreamQuery = z.infer<typeof streamQuery>;

/** Of creating a run with a stream. */
export const createStreamQuery = strict({ namespace: streamQuery.shape.namespace });

/** Of cancel, and for callers that send it as a body. */
export const cancelQuery = strict({
  action: maybe(
    z.enum(['interrupt', 'rollback']),
    '"interrupt": what the run has done stays. "rollback": the run and its checkpoints are removed.',
  ),
  wait: maybe(z.union([z.boolean(), bit]), '1: the answer comes when the run has ended.'),
  reason: maybe(z.string().check(z.maxLength(1_000)), 'Why; the run shows it.'),
});
export type CancelQuery = z.infer<typeof cancelQuery>;

export const cancelManyQuery = strict({ action: cancelQuery.shape.action });
export const cancelManyBody = strict({
  thread_id: maybe(z.string().check(z.maxLength(100)), 'Of runs that are named, or of which all are meant.'),
  run_ids: maybe(z.array(z.string().check(z.maxLength(100))).check(z.maxLength(1_000)), 'These runs.'),
  status: maybe(z.enum(['pending', 'running', 'all']), 'All runs that are in this state.'),
});
export type CancelMany = z.infer<typeof cancelManyBody>;

export const RUN_STATUSES_OF_API = [
  'pending',
  'running',
  'success',
  'error',
  'interrupted',
  'timeout',
] as const;

/** Of a thread's list of runs. */
export const listQuery = strict({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(1_000)), 10),
  offset: z._default(z.coerce.number().check(z.int(), z.gte(0), z.lte(100_000)), 0),
  status: z.optional(z.enum(RUN_STATUSES_OF_API)),
  select: several(z.string().check(z.maxLength(100)), 'Only these fields of each run.'),
});
export type ListQuery = z.infer<typeof listQuery>;
