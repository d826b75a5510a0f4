import * as z from 'zod/mini';
import { ID_PATTERN } from './ids.ts';
import { jsonSchema } from './messages.ts';
import { notSupported, strict } from './strict.ts';

/**
 * A second run on a busy thread is refused, waits for its turn, or stops the first one: keeping what that has done, or
 * as if it had never been.
 */
export const MULTITASK_STRATEGIES = ['reject', 'enqueue', 'interrupt', 'rollback'] as const;
/** Queues hold a task for 30 days; some of them are left for its way. */
const MAX_AFTER_S = 2_505_600;
/** A week. */
const MAX_TIMEOUT_S = 604_800;
/** A URL that is longer is none that a server would take. */
const MAX_WEBHOOK_CHARS = 2_000;
const MAX_STOPS = 100;
const MAX_TAGS = 100;
const MAX_NAME_CHARS = 200;

export const id = z.string().check(z.regex(ID_PATTERN, 'must be 1-100 letters, digits, "-" or "_"'));
const jsonObject = z.record(z.string(), jsonSchema);
const maybe = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.nullable(schema)).check(z.describe(what));
const name = z.string().check(z.minLength(1), z.maxLength(MAX_NAME_CHARS));
const seconds = z.number().check(z.gt(0), z.lte(MAX_TIMEOUT_S));

/** "*" for every node, or names of nodes. */
const stops = z.union([z.literal('*'), z.array(name).check(z.maxLength(MAX_STOPS))], {
  error: `must be "*" or a list of at most ${MAX_STOPS} names of nodes`,
});

export const STREAM_MODES = [
  'values',
  'messages',
  'messages-tuple',
  'updates',
  'events',
  'tasks',
  'checkpoints',
  'custom',
  'debug',
  'tools',
  'lifecycle',
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

const goto = z.union([name, strict({ node: name, input: z.optional(jsonSchema) })]);
/** LangGraph's command. */
const command = strict({
  resume: z
    .optional(jsonSchema)
    .check(z.describe('Any JSON; an object by ids of questions answers several.')),
  update: z.optional(jsonSchema).check(z.describe('A change of the state, or pairs of channel and value.')),
  goto: maybe(z.union([goto, z.array(goto)]), 'Nodes to go to, also with an input of their own.'),
});

/** A checkpoint of the run's thread. */
const checkpoint = strict({
  thread_id: maybe(z.string(), "The run's own."),
  checkpoint_id: maybe(z.string().check(z.maxLength(MAX_NAME_CHARS)), 'Its id.'),
  checkpoint_ns: maybe(z.string(), 'Of a graph within nodes; "" for the graph itself.'),
  checkpoint_map: maybe(z.record(z.string(), z.string()), 'Those of the graphs above it.'),
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
  on_disconnect: maybe(
    z.enum(['cancel', 'continue']),
    'Of a run that is waited for or streamed: "cancel" ends it when its reader leaves. Default: it goes on.',
  ),
  on_completion: maybe(
    z.enum(['delete', 'keep']),
    'Of a run that names no thread. "keep": the run and its thread stay. "delete": both are removed at its end, or when its result was sent to whoever waits for it or streams it. Otherwise they are removed some days later.',
  ),
  stream_mode: maybe(
    z.union([streamMode, z.array(streamMode).check(z.maxLength(STREAM_MODES.length))]),
    'What streams of the run tell. Default: "values".',
  ),
  stream_subgraphs: maybe(z.boolean(), 'Streams tell of graphs within nodes, too.'),
  stream_resumable: maybe(z.boolean(), 'Changes nothing: every stream can be resumed.'),
  command: maybe(command, 'Instead of an input. "resume" answers what the last run of the thread asks.'),
  checkpoint: maybe(checkpoint, 'The checkpoint of the thread from which the run sets out.'),
  checkpoint_id: maybe(z.string().check(z.maxLength(MAX_NAME_CHARS)), 'Likewise, by its id.'),
  checkpoint_during: maybe(z.boolean(), 'Whichever is asked for: every super-step is stored.'),
  after_seconds: maybe(
    z.number().check(z.gte(0), z.lte(MAX_AFTER_S)),
    'The run starts so many seconds later.',
  ),
  feedback_keys: z
    .optional(
      z.nullable(
        z.union([z.literal(''), z.array(z.never())], 'is not supported: it needs LangSmith. Leave it out'),
      ),
    )
    .check(z.describe('Not supported: it needs LangSmith.')),
  langsmith_tracer: maybe(
    strict({ project_name: maybe(z.string(), 'Ignored.'), example_id: maybe(z.string(), 'Ignored.') }),
    'Changes nothing: GET .../trace tells where the time went.',
  ),
  strict_resume: maybe(
    z.boolean(),
    'An answer is refused when the thread asks nothing. Without it, it is passed over.',
  ),
  supersteps: notSupported('Start the thread with a run.'),
  ttl: notSupported('Runs without a thread are removed by themselves; delete any other.'),
});
export type CreateRun = z.infer<typeof createRunSchema>;
