import { ID_PATTERN, jsonSchema, only, strict } from '@longrun/shared';
import * as z from 'zod/mini';

const id = z.string().check(z.regex(ID_PATTERN, 'must be 1-100 letters, digits, "-" or "_"'));
const jsonObject = z.record(z.string(), jsonSchema);
const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const name = z.string().check(z.minLength(1), z.maxLength(200));

/** Threads, states and checkpoints that one request may ask for. */
const MAX_LIST = 1_000;
const MAX_SUPERSTEPS = 1_000;
const MAX_UPDATES = 1_000;
const MAX_SELECT = 100;
/** A year. */
const MAX_TTL_MINUTES = 366 * 24 * 60;

const count = (limit: number) => z.int().check(z.gte(0), z.lte(limit));
const limit = z._default(z.int().check(z.gte(1), z.lte(MAX_LIST)), 10);
const offset = z._default(count(1_000_000), 0);
const queried = (text: 'true' | 'false' | '1' | '0') => text === 'true' || text === '1';
/** A query has texts only. */
const flag = z.optional(z.pipe(z.enum(['true', 'false', '1', '0']), z.transform(queried)));

const minutes = z.number().check(z.gt(0), z.lte(MAX_TTL_MINUTES));
const ttl = maybe(
  z.union(
    [
      minutes,
      strict({
        ttl: minutes,
        strategy: only(['delete'], 'a thread whose time is over is removed, with its runs.'),
      }),
    ],
    { error: 'must be minutes, or {"ttl": minutes, "strategy": "delete"}; "delete" is what is supported' },
  ),
);
export type Ttl = z.infer<typeof ttl>;

const command = strict({
  update: maybe(jsonSchema),
  resume: z.optional(jsonSchema),
  goto: maybe(jsonSchema),
});
const superstep = strict({
  updates: z
    .array(strict({ values: z.optional(jsonSchema), command: maybe(command), as_node: maybe(name) }))
    .check(z.minLength(1), z.maxLength(MAX_UPDATES)),
});

/** POST /threads */
export const createSchema = strict({
  thread_id: maybe(id),
  metadata: maybe(jsonObject),
  if_exists: maybe(z.enum(['raise', 'do_nothing'])),
  supersteps: maybe(z.array(superstep).check(z.maxLength(MAX_SUPERSTEPS))),
  ttl,
});
export type CreateThreadBody = z.infer<typeof createSchema>;

const STATUSES = ['idle', 'busy', 'interrupted', 'error'] as const;
const filters = {
  metadata: maybe(jsonObject),
  values: maybe(jsonObject),
  status: maybe(z.enum(STATUSES)),
};
/** POST /threads/count */
export const countSchema = strict(filters);
export type ThreadFilter = z.infer<typeof countSchema>;

export const SORTS = ['thread_id', 'status', 'created_at', 'updated_at', 'state_updated_at'] as const;
const FIELDS = [
  'thread_id',
  'created_at',
  'updated_at',
  'state_updated_at',
  'metadata',
  'config',
  'context',
  'status',
  'values',
  'interrupts',
  'error',
  'longrun',
] as const;

/** POST /threads/search */
export const searchSchema = strict({
  ...filters,
  ids: maybe(z.array(id).check(z.maxLength(MAX_LIST))),
  limit,
  offset,
  sort_by: maybe(z.enum(SORTS)),
  sort_order: maybe(z.enum(['asc', 'desc'])),
  select: maybe(z.array(z.enum(FIELDS))),
  extract: maybe(z.record(name, z.string().check(z.maxLength(500)))),
});
export type SearchThreads = z.infer<typeof searchSchema>;

/** GET /threads/:thread_id */
export const getSchema = strict({
  include: z.optional(z.union([z.literal('ttl'), z.array(z.literal('ttl'))])),
});
/** PATCH /threads/:thread_id */
export const patchSchema = strict({ metadata: maybe(jsonObject), ttl });
/** POST /threads/prune */
export const pruneSchema = strict({
  thread_ids: z.array(id).check(z.maxLength(MAX_LIST)),
  strategy: maybe(z.enum(['delete', 'keep_latest'])).check(
    z.describe('"delete": the threads. "keep_latest": their checkpoints but for the newest.'),
  ),
});

const checkpointId = z.string().check(z.minLength(1), z.maxLength(512));
const checkpoint = strict({
  thread_id: maybe(z.string()),
  checkpoint_id: maybe(checkpointId),
  checkpoint_ns: maybe(z.string().check(z.maxLength(5_000))),
  checkpoint_map: maybe(jsonObject),
});
export type CheckpointBody = z.infer<typeof checkpoint>;

const selected = z
  .string()
  .check(
    z.regex(
      /^(values|next|tasks|checkpoint|metadata|created_at|parent_checkpoint|interrupts|values\..+)$/,
      'must be a field of a state, or values.<key>',
    ),
  );
const select = maybe(z.union([selected, z.array(selected).check(z.maxLength(MAX_SELECT))]));

/** GET /threads/:thread_id/state */
export const stateQuerySchema = strict({ subgraphs: flag, select });
/** POST /threads/:thread_id/state/checkpoint */
export const stateAtSchema = strict({
  checkpoint: maybe(checkpoint),
  subgraphs: maybe(z.boolean()),
  select,
});
/** POST /threads/:thread_id/state */
export const updateSchema = strict({
  values: z.optional(jsonSchema),
  as_node: maybe(name),
  checkpoint_id: maybe(checkpointId),
  checkpoint: maybe(checkpoint),
});
/** PATCH /threads/:thread_id/state */
export const patchStateSchema = strict({ metadata: jsonObject });

/** A checkpoint's id, the checkpoint, or a config with one: LangGraph's clients send all of them. */
const before = maybe(
  z.union([
    checkpointId,
    checkpoint,
    z.looseObject({ configurable: z.looseObject({ checkpoint_id: checkpointId }) }),
  ]),
);
export type Before = z.infer<typeof before>;
/** POST /threads/:thread_id/history */
export const historySchema = strict({
  limit: maybe(z.int().check(z.gte(1), z.lte(MAX_LIST))),
  before,
  metadata: maybe(jsonObject),
  checkpoint: maybe(checkpoint),
  select,
});
/** GET /threads/:thread_id/history */
export const historyQuerySchema = strict({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(MAX_LIST)), 10),
  before: z.optional(checkpointId),
});
