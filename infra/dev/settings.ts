import { join, resolve } from 'node:path';
import { ConfigError, configSchema, parseConfig } from '../../functions/src/config/config.ts';
import { parseRetention, type Retention } from '../local/backup/retention.ts';

/** What `npm start` reads from the environment. */
export interface Settings {
  /** Port of the page; 0 is any free one. */
  port: number;
  /** Folder for everything that must survive. */
  data: string;
  project: string;
  /** `host:port` of servers that are already running, instead of the embedded ones. */
  firestore: string | null;
  identity: string | null;
  /** Path of somebody's own langgraph.json. */
  graphs: string | null;
  backups: { folder: string; everyHours: number; keep: Retention };
  /** How long a worker that is to end may hand its runs over. Milliseconds. */
  graceMs: number;
  /** Names and origins of the page besides those of this machine, as behind a proxy. */
  allowed: { hosts: string[]; origins: string[] };
}

const LOCATION = 'us-central1';
const QUEUE = 'runs';
const DEFAULT_PORT = 8123;
const BACKUP_HOURS = 6;
const MAX_BACKUP_HOURS = 24 * 30;
const BACKUP_KEEP = '24h,7d,4w,5GB';

/** Throws ConfigError with every problem of the functions' configuration and of our own. */
export function parseSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const port = Number(env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`PORT=${JSON.stringify(env['PORT'])} must be a port from 0 to 65535`);
  }
  const project = env['GOOGLE_CLOUD_PROJECT'] ?? 'demo-longrun';
  let graceMs = 0;
  try {
    const functions = parseConfig({
      ...env,
      ...functionsEnv({ project, worker: 'http://127.0.0.1:1', trace: '127.0.0.1:1' }, env),
    });
    graceMs = functions.WORKER_GRACE_S * 1_000;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  const everyHours = Number(env['LONGRUN_BACKUP_HOURS'] || BACKUP_HOURS);
  if (!(everyHours > 0 && everyHours <= MAX_BACKUP_HOURS)) {
    problems.push(
      `LONGRUN_BACKUP_HOURS=${JSON.stringify(env['LONGRUN_BACKUP_HOURS'])} must be a number of hours above 0, at most ` +
        String(MAX_BACKUP_HOURS),
    );
  }
  const allowed = {
    hosts: listOf(env['LONGRUN_ALLOWED_HOSTS']),
    origins: listOf(env['LONGRUN_ALLOWED_ORIGINS']),
  };
  for (const origin of allowed.origins.filter((each) => URL.parse(each)?.origin !== each)) {
    problems.push(
      `LONGRUN_ALLOWED_ORIGINS: ${JSON.stringify(origin)} must be an origin, as in https://app.example:8443`,
    );
  }
  for (const host of allowed.hosts.filter((each) => URL.parse(`http://${each}`)?.host !== each)) {
    problems.push(
      `LONGRUN_ALLOWED_HOSTS: ${JSON.stringify(host)} must be a name without scheme and port, as in box.example`,
    );
  }
  const keep = parseRetention(env['LONGRUN_BACKUP_KEEP'] || BACKUP_KEEP);
  if (keep === null) {
    problems.push(
      `LONGRUN_BACKUP_KEEP=${JSON.stringify(env['LONGRUN_BACKUP_KEEP'])} must be hours, days, weeks and a size, as in ` +
        BACKUP_KEEP,
    );
  }
  if (problems.length > 0 || keep === null) throw new ConfigError(problems);
  const data = resolve(env['LONGRUN_DATA'] || '.longrun');
  return {
    port,
    project,
    data,
    backups: { folder: resolve(env['LONGRUN_BACKUPS'] || join(data, 'backups')), everyHours, keep },
    allowed,
    graceMs,
    firestore: env['FIRESTORE_EMULATOR_HOST'] ?? null,
    identity: env['FIREBASE_AUTH_EMULATOR_HOST'] ?? null,
    graphs: env['LANGGRAPH_CONFIG'] === undefined ? null : resolve(env['LANGGRAPH_CONFIG']),
  };
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** The queue as in production, but with retries that suit a person who waits; for `--queue` of the local server. */
export function queueFlag(project: string): string {
  const config = {
    rateLimits: { maxConcurrentDispatches: 100, maxDispatchesPerSecond: 500 },
    retryConfig: {
      maxAttempts: -1,
      minBackoff: { nanos: 500_000_000 },
      maxBackoff: { seconds: 4 },
      maxDoublings: 3,
    },
  };
  return `projects/${project}/locations/${LOCATION}/queues/${QUEUE}:${JSON.stringify(config)}`;
}

/** What only the function `admin` knows besides: the edge, whose cache it purges, and the stores' files. */
export function adminEnv(
  at: { edge: string; page: string; stores: string },
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    COMPUTE_EMULATOR_HOST: env['COMPUTE_EMULATOR_HOST'] ?? at.edge,
    URL_MAP: env['URL_MAP'] ?? 'longrun',
    PAGE_URL: env['PAGE_URL'] ?? at.page,
    LONGRUN_DB: at.stores,
  };
}

/** What the functions see of a local installation: the variables that Google's own clients know. */
export function functionsEnv(
  at: {
    project: string;
    worker: string;
    firestore?: string;
    identity?: string;
    tasks?: string;
    trace?: string;
    backups?: string;
  },
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    // Whatever the shell says: in production nothing may stand in for Google's services.
    NODE_ENV: 'development',
    GOOGLE_CLOUD_PROJECT: at.project,
    TASKS_LOCATION: LOCATION,
    TASKS_QUEUE: QUEUE,
    WORKER_URL: at.worker,
    LONGRUN_STORAGE: env['LONGRUN_STORAGE'] ?? (env['FIRESTORE_EMULATOR_HOST'] ? 'emulator' : 'embedded'),
    METADATA_SERVER_DETECTION: 'none',
    ...quotasOfOnePerson(env),
    ...(at.backups === undefined ? {} : { LONGRUN_BACKUPS: at.backups }),
    ...(at.firestore === undefined ? {} : { FIRESTORE_EMULATOR_HOST: at.firestore }),
    ...(at.identity === undefined ? {} : { FIREBASE_AUTH_EMULATOR_HOST: at.identity }),
    ...(at.tasks === undefined ? {} : { CLOUD_TASKS_EMULATOR_HOST: at.tasks }),
    // Without a server of its own a local installation does not turn to Google's.
    ...(at.trace === undefined ? { TRACING: 'off' } : { CLOUD_TRACE_EMULATOR_HOST: at.trace }),
  };
}

/** On one's own machine whoever opens the page is who pays, with a name or without one. */
function quotasOfOnePerson(env: NodeJS.ProcessEnv): Record<string, string> {
  const { shape } = configSchema;
  const { QUOTA_RUNS_AT_ONCE, QUOTA_RUNNING_AT_ONCE, QUOTA_RUNS_PER_DAY, QUOTA_USD_PER_DAY } = shape;
  const own = { QUOTA_RUNS_AT_ONCE, QUOTA_RUNNING_AT_ONCE, QUOTA_RUNS_PER_DAY, QUOTA_USD_PER_DAY };
  return Object.fromEntries(
    Object.entries(own).map(([name, schema]) => {
      const anonymous = name.replace('QUOTA_', 'QUOTA_ANONYMOUS_');
      return [anonymous, env[anonymous] ?? env[name] ?? String(schema.parse(undefined))];
    }),
  );
}
