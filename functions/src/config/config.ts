import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { DEFAULT_TTL_HOURS } from '../domain/limits.ts';
import { modelProblems } from '../agents/models/setting.ts';

/** Every problem of the configuration at once, one a line. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Beyond what any installation has. */
const MAX_QUOTA = 1_000_000_000;
const WEEK_S = 604_800;
const hostPort = z.string().regex(/^[\w.[\]:-]+:\d{1,5}$/, 'must be host:port');
const integer = (from: number, to: number) => z.coerce.number().int().min(from).max(to);
const dollars = z.coerce.number().min(0).max(MAX_QUOTA);
/** Seen from where Longrun was started, which is not where it works. */
const path = z
  .string()
  .min(1)
  .transform((name) => resolve(name));
const defaultGraphs = fileURLToPath(new URL('../../../langgraph.json', import.meta.url));

/** Every setting that the functions know, but for the model's own. */
export const configSchema = z.object({
  NODE_ENV: z.string().default('development'),
  /** Project of Firestore, Cloud Tasks and Identity Platform. */
  GOOGLE_CLOUD_PROJECT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a Google Cloud project id'),
  FIRESTORE_DATABASE: z
    .string()
    .regex(/^(\(default\)|[a-z][a-z0-9-]{3,62})$/, 'must be a database id')
    .default('(default)'),
  FIRESTORE_EMULATOR_HOST: hostPort.optional(),
  FIREBASE_AUTH_EMULATOR_HOST: hostPort.optional(),
  CLOUD_TASKS_EMULATOR_HOST: hostPort.optional(),
  CLOUD_TRACE_EMULATOR_HOST: hostPort.optional(),
  /** Whether Cloud Trace is told where the time of runs went. */
  TRACING: z.enum(['on', 'off']).default('on'),
  /** Which part of the runs, from 0 to 1. */
  TRACE_RATE: z.coerce.number().min(0).max(1).default(1),
  /** What /api/health calls the storage: the embedded server and an official emulator speak the same protocol. */
  LONGRUN_STORAGE: z.enum(['embedded', 'firestore', 'emulator']).default('firestore'),
  TASKS_LOCATION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be a location such as europe-west1')
    .default('us-central1'),
  TASKS_QUEUE: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be a queue id')
    .default('runs'),
  TASKS_SERVICE_ACCOUNT: z.email('must be the email of a service account').optional(),
  WORKER_URL: z.url({ protocol: /^https?$/, error: 'must be the http(s) URL of the worker function' }),
  /** Where results of nodes are cached; in Firestore when absent. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).optional(),
  /** What keys begin with, for installations that share a Redis and have projects of one name. */
  REDIS_PREFIX: z.string().min(1).max(100).optional(),
  /** The load balancer's, whose cache an administrator may purge; absent: there is none. */
  URL_MAP: z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a URL map')
    .optional(),
  COMPUTE_EMULATOR_HOST: hostPort.optional(),
  /** Where people open the page; administrators are told how it answers. */
  PAGE_URL: z.url({ protocol: /^https?$/, error: 'must be the http(s) URL of the page' }).optional(),
  /** Folder of the embedded store's files. */
  LONGRUN_DB: path.optional(),
  /** Stands in for the administration of Firestore, which tells of backups. */
  FIRESTORE_ADMIN_EMULATOR_HOST: hostPort.optional(),
  /** Origins whose pages may call the API, parted by commas; `*` for all. Absent: what the project's langgraph.json says. */
  CORS_ALLOW_ORIGINS: z
    .string()
    .regex(
      /^(\*|https?:\/\/[^\s,/]+(\s*,\s*https?:\/\/[^\s,/]+)*)$/,
      'must be "*", or origins such as https://app.example.org, parted by commas',
    )
    .transform((text) => text.split(/\s*,\s*/))
    .optional(),
  LANGGRAPH_CONFIG: path.default(defaultGraphs),
  /** Where descriptions of the graphs are kept; absent: in the machine's folder for temporary files. */
  GRAPHS_FILE: path.optional(),
  /** How long the module of a graph may take to be loaded. */
  GRAPH_LOAD_TIMEOUT_S: z.coerce.number().positive().max(600).default(30),
  /** Within this a request must have come whole, headers and body. */
  RECEIVE_TIMEOUT_S: integer(1, 300).default(30),
  RUN_TTL_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 365)
    .default(DEFAULT_TTL_HOURS),
  /** Per user: runs that run or wait for a worker; of them, those that run; runs and dollars of models in a day of UTC. */
  QUOTA_RUNS_AT_ONCE: integer(0, MAX_QUOTA).default(100),
  QUOTA_RUNNING_AT_ONCE: integer(1, MAX_QUOTA).default(20),
  QUOTA_RUNS_PER_DAY: integer(0, MAX_QUOTA).default(2_000),
  QUOTA_USD_PER_DAY: dollars.default(20),
  /** Likewise per user who signed in without a name: anybody has as many of those as they like. */
  QUOTA_ANONYMOUS_RUNS_AT_ONCE: integer(0, MAX_QUOTA).default(20),
  QUOTA_ANONYMOUS_RUNNING_AT_ONCE: integer(1, MAX_QUOTA).default(5),
  QUOTA_ANONYMOUS_RUNS_PER_DAY: integer(0, MAX_QUOTA).default(200),
  QUOTA_ANONYMOUS_USD_PER_DAY: dollars.default(2),
  /** All users together. */
  QUOTA_TOTAL_RUNS_AT_ONCE: integer(0, MAX_QUOTA).default(2_000),
  QUOTA_TOTAL_USD_PER_DAY: dollars.default(100),
  /** Beyond it no attempt of any run is begun: runs that go on then end as failed. Absent: they go on. */
  QUOTA_TOTAL_USD_PER_DAY_HARD: dollars.optional(),
  /** Whether who signed in without a name may make API keys; in production not, if nothing is said. */
  API_KEYS_ANONYMOUS: z.enum(['0', '1']).optional(),
  /** The greatest recursion_limit that a run may ask for. */
  MAX_RECURSION_LIMIT: integer(1, 100_000).default(1_000),
  /** How long a run may take, without the time in which it waits for a person; a run may ask for less. */
  MAX_RUN_TIMEOUT_S: integer(1, WEEK_S).default(21_600),
  WORKER_DEADLINE_S: integer(5, 1_790).default(1_500),
  /** How long a step may go on after that. Both together end before the request does. */
  WORKER_DEADLINE_GRACE_S: integer(0, 1_790).default(285),
  /** How long a step may go on after the process was told to stop; the platform allows ten seconds. */
  WORKER_GRACE_S: integer(0, 300).default(7),
  /** How long the event loop may stand still before the process is ended. */
  WORKER_BLOCKED_S: integer(5, 3_600).default(60),
  /** How many runs that were lost again and again are executed at once, each in a process of its own. */
  WORKER_ALONE: integer(1, 100).default(3),
  /** Signs webhooks. Several, of which receivers may know any, while one replaces another. Without one webhooks are off. */
  WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9+/]{32,88}={0,2}( +whsec_[A-Za-z0-9+/]{32,88}={0,2})*$/,
      'must be "whsec_" and 24 to 64 bytes in base64; several are parted by spaces',
    )
    .transform((text) => text.split(/ +/))
    .optional(),
  /** Lets webhooks go to http and private addresses, for tests on one machine. */
  WEBHOOK_ALLOW_PRIVATE: z.enum(['0', '1']).default('0'),
  /** Folder in which the embedded store's backups are listed. */
  LONGRUN_BACKUPS: path.optional(),
});

export type Config = z.infer<typeof configSchema> & { API_KEYS_ANONYMOUS: '0' | '1' };
export type Env = Record<string, string | undefined>;

/** Functions that load no graph are not given the model's key. */
const WITHOUT_GRAPHS: ReadonlySet<string> = new Set(['admin', 'maintenance']);

/** Parses the environment once, at the start. Throws ConfigError with every problem. */
export function parseConfig(env: Env): Config {
  const present: Env = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = configSchema.safeParse(present);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, present))),
    ...modelProblems(present, !WITHOUT_GRAPHS.has(String(present['FUNCTION_TARGET']))),
    ...productionProblems(present),
    ...webhookProblems(present),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  const { API_KEYS_ANONYMOUS = isProduction(present) ? '0' : '1' } = parsed.data;
  return { ...parsed.data, API_KEYS_ANONYMOUS };
}

function describe(issue: z.core.$ZodIssue, env: Record<string, unknown>): string {
  const name = issue.path.join('.');
  const value = env[name];
  // A URL may hold a password.
  if (value !== undefined && /(_SECRET|^REDIS_URL)$/.test(name)) return `${name} ${issue.message}`;
  return value === undefined ? `${name} is missing` : `${name}=${JSON.stringify(value)} ${issue.message}`;
}

/** Cloud Run names its service, whatever NODE_ENV is. */
const isProduction = (env: Env) => env['NODE_ENV'] === 'production' || (env['K_SERVICE'] ?? '') !== '';

function productionProblems(env: Env): string[] {
  if (!isProduction(env)) return [];
  const emulators = Object.keys(env).filter((name) => name.endsWith('_EMULATOR_HOST'));
  return [
    ...emulators.map(
      (name) =>
        `${name} is set: in production nothing stands in for Google's services, least of all where it makes every token valid; unset it`,
    ),
    ...((env['MODEL'] ?? '') === ''
      ? [
          'MODEL is missing: in production it must be named, e.g. MODEL=google:gemini-2.5-flash, or MODEL=none for graphs that choose their own',
        ]
      : []),
  ];
}

function webhookProblems(env: Record<string, string | undefined>): string[] {
  const isWrong = env['WEBHOOK_ALLOW_PRIVATE'] === '1' && env['LONGRUN_STORAGE'] !== 'embedded';
  return isWrong ? ['WEBHOOK_ALLOW_PRIVATE=1 is for LONGRUN_STORAGE=embedded only'] : [];
}
