import * as z from 'zod/mini';
import { ID_PATTERN } from './ids.ts';
import { jsonSchema } from './messages.ts';
import { notSupported, only, strict } from './strict.ts';

/**
 * A second run on a busy thread is refused, waits for its turn, or stops the first one: keeping what that has done, or
 * as if it had never been.
 */
export const MULTITASK_STRATEGIES = ['reject', 'enqueue', 'interrupt', 'rollback'] as const;
/** A week. */
const MAX_TIMEOUT_S = 604_800;
/** A URL that is longer is none that a server would take. */
const MAX_WEBHOOK_CHARS = 2_000;
const MAX_STOPS = 100;
const MAX_TAGS = 100;
const MAX_NAME_CHARS = 200;

export const id = z.string().check(z.regex(ID_PATTERN, 'must be 1-100 letters, digits, "-" or "_"'));
export const jsonObject = z.record(z.string(), jsonSchema);
const maybe = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.nullable(schema)).check(z.describe(what));
const name = z.string().check(z.minLength(1), z.maxLength(MAX_NAME_CHARS));
const seconds = z.number().check(z.gt(0), z.lte(MAX_TIMEOUT_S));

/** "*" for every node, or names of nodes. */
const stops = z.union([z.literal('*'), z.array(name).check(z.maxLength(MAX_STOPS))], {
  error: `must be "*" or a list of at most ${MAX_STOPS} names of nodes`,
});

const STREAM_MODES = [
  'values',
  'messages',
  'messages-tuple',
  'updates',
  'events',
  'tasks',
  'checkpoints',
  'custom',
  'debug',
] as const;
const streamMode = z.enum(STREAM_MODES, `must be one of ${STREAM_MODES.join(', ')}`);

/** Names that LangGraph keeps for itself. */
const configurable = jsonObject.check(
  z.refine((given) => !Object.keys(given).some((key) => key.startsWith('__')), {
    error: 'keys that begin with "__" are LangGraph\'s own; name them otherwise',
  }),
);

/** `config` of a run: what is known of LangGraph's, and all of it is obeyed. */
const runConfig = strict({
  tags: maybe(z.array(name).check(z.maxLength(MAX_TAGS)), 'Tags of the run, as tracers see them.'),
  recursion_limit: maybe(
    z.int().check(z.gte(1)),
    'Super-steps that the run may take at most. The installation has a greatest one (MAX_RECURSION_LIMIT).',
  ),
  configurable: maybe(configurable, 'What the graph reads as config.configurable.'),
  metadata: maybe(jsonObject, "What the graph finds in config.metadata; the run's own metadata wins."),
  max_concurrency: maybe(z.int().check(z.gte(1)), 'Tasks of one super-step that run at the same time.'),
  run_name: notSupported('LangGraph shows it to tracers only; use metadata to name a run.'),
});

/** POST /api/runs and POST /api/threads/:thread_id/runs */
export const createRunSchema = strict({
  assistant_id: z.string().check(z.minLength(1), z.maxLength(100)),
  input: z
    .optional(jsonSchema)
    .check(z.describe('Any JSON. null, or none, goes on from where the thread is.')),
  config: maybe(runConfig, 'How the graph is called.'),
  context: maybe(jsonObject, "What the graph reads as its runtime's context."),
  metadata: maybe(jsonObject, 'Kept with the run.'),
  run_id: z
    .optional(z.nullable(id))
    .check(z.describe('Made by the client, so that a page can show the run before the server answered.')),
  thread_id: maybe(id, 'The thread of the run; one that is missing is made.'),
  if_not_exists: maybe(
    z.enum(['create', 'reject']),
    'Whether a missing thread is made. Below a thread "reject" is the default, else "create".',
  ),
  multitask_strategy: maybe(z.enum(MULTITASK_STRATEGIES), 'What happens when another run holds the thread.'),
  interrupt_before: maybe(stops, 'Stops and asks before these nodes: "*" for all of them.'),
  interrupt_after: maybe(stops, 'Stops and asks after these nodes: "*" for all of them.'),
  run_timeout_s: maybe(
    seconds,
    'Seconds from the first start, not counting the time in which the run waits for a person. The default is the greatest that the installation allows (MAX_RUN_TIMEOUT_S).',
  ),
  step_timeout_s: maybe(seconds, 'Seconds for one super-step, after which it is tried again.'),
  webhook: maybe(
    z.string().check(z.minLength(1), z.maxLength(MAX_WEBHOOK_CHARS)),
    'An https URL that is told, signed, when the run ends or asks something.',
  ),
  durability: maybe(
    z.enum(['sync', 'async', 'exit']),
    'Whichever is asked for: every super-step is stored before the next one starts.',
  ),
  on_disconnect: only(['continue'], 'a run goes on whoever listens. Cancel it with POST .../cancel.'),
  on_completion: only(
    ['keep'],
    'the run and its thread stay. Without this, a run that names no thread is removed some days after its end; delete it yourself to have it gone earlier.',
  ),
  stream_mode: maybe(
    z.union([streamMode, z.array(streamMode)]),
    'Changes nothing about the run: GET .../stream tells all events.',
  ),
  stream_subgraphs: maybe(z.boolean(), 'Changes nothing about the run, as stream_mode.'),
  stream_resumable: maybe(z.boolean(), 'Changes nothing: every stream can be resumed.'),
  command: notSupported('Answer what a run asks with POST /api/runs/:run_id/answer.'),
  checkpoint: notSupported('Name a checkpoint with config.configurable.checkpoint_id.'),
  checkpoint_id: notSupported('Name a checkpoint with config.configurable.checkpoint_id.'),
  checkpoint_during: notSupported('Every super-step is stored; leave it out.'),
  after_seconds: notSupported('Create the run when it is to start.'),
  feedback_keys: notSupported('Leave it out.'),
  langsmith_tracer: notSupported('Leave it out; GET .../trace tells where the time went.'),
  strict_resume: notSupported('Leave it out.'),
  supersteps: notSupported('Start the thread with a run.'),
  ttl: notSupported('Runs without a thread are removed by themselves; delete any other.'),
});
export type CreateRun = z.infer<typeof createRunSchema>;
