import { randomUUID } from 'node:crypto';
import { cloudTasksQueue } from '../adapters/cloud-tasks/queue.ts';
import { lazyDocuments } from '../adapters/lazy-documents.ts';
import { redisCache } from '../adapters/redis/cache.ts';
import { ConfigError, parseConfig, type Config } from '../config/config.ts';
import { lazy } from '../lib/lazy.ts';
import { systemClock } from '../ports/clock.ts';
import type { Cache } from '../ports/cache.ts';
import type { Documents } from '../ports/documents.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { documentCache } from '../runtime/cache/document-cache.ts';
import type { CustomAuth } from '../custom-auth/custom-auth.ts';
import { processAuth } from '../custom-auth/process-auth.ts';
import { processReader } from '../graph-reader/process-reader.ts';
import type { GraphReader } from '../graph-reader/reader.ts';
import { Catalog } from '../project/catalog.ts';
import { readProject } from '../project/config.ts';
import { enterProject } from '../project/enter.ts';
import { quotasFromConfig } from '../quotas/from-config.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { log } from '../telemetry/log.ts';
import { traceAsConfigured } from '../telemetry/start.ts';
import { tracedDocuments } from '../telemetry/traced-documents.ts';
import { tracedQueue } from '../telemetry/traced-queue.ts';
import { onReady } from './on-ready.ts';
import { openDocuments } from './open-documents.ts';

/** What every function is built on. Whether Google or a local server answers is decided by the environment alone. */
export interface Services {
  config: Config;
  bootId: string;
  store: RunStore;
  queue: TaskQueue;
  catalog: Catalog;
  cache: Cache;
  quotas: Quotas;
  /** What only the compiled graphs can tell. */
  reader: GraphReader;
  /** Users that the project itself knows; absent: it knows none. */
  auth?: CustomAuth;
}

const HOUR_MS = 3_600_000;
/** A thread's state should be there sooner than people give up. Milliseconds. */
const READ_MS = 30_000;
/** Every request waits for it, and asks a database at most. Milliseconds. */
const AUTH_MS = 10_000;

async function openServices(): Promise<Services> {
  const config = parseConfig(process.env);
  const project = await readProject(config.LANGGRAPH_CONFIG);
  enterProject(project);
  for (const notice of project.notices) log.warn(`${project.file}: ${notice}`);
  // The clients are most of a cold start, so they are loaded after it.
  const opened = lazy(() => openDocuments(config));
  const documents = tracedDocuments(lazyDocuments(opened));
  const queue = cloudTasksQueue({
    project: config.GOOGLE_CLOUD_PROJECT,
    location: config.TASKS_LOCATION,
    queue: config.TASKS_QUEUE,
    workerUrl: config.WORKER_URL,
    serviceAccount: config.TASKS_SERVICE_ACCOUNT ?? null,
    endpoint: config.CLOUD_TASKS_EMULATOR_HOST ?? null,
  });
  onReady(opened);
  onReady(queue.warm, 'later');
  const agent = traceAsConfigured(config);
  if (agent !== null) onReady(agent, 'later');
  return {
    config,
    bootId: randomUUID(),
    catalog: new Catalog({
      project,
      file: config.GRAPHS_FILE,
      limitMs: config.GRAPH_LOAD_TIMEOUT_S * 1_000,
    }),
    store: new RunStore({
      documents,
      clock: systemClock,
      ttlMs: config.RUN_TTL_HOURS * HOUR_MS,
    }),
    queue: tracedQueue(queue),
    cache: cacheOf(config, documents),
    quotas: quotasFromConfig(config, documents, systemClock),
    reader: processReader({ loadMs: config.GRAPH_LOAD_TIMEOUT_S * 1_000, callMs: READ_MS }),
    ...(project.auth === undefined
      ? {}
      : { auth: processAuth({ loadMs: config.GRAPH_LOAD_TIMEOUT_S * 1_000, callMs: AUTH_MS }) }),
  };
}

function cacheOf(config: Config, documents: Documents): Cache {
  const { REDIS_URL: url, REDIS_PREFIX: prefix } = config;
  if (url === undefined) return documentCache(documents);
  return redisCache({
    url,
    prefix: prefix ?? `longrun:${config.GOOGLE_CLOUD_PROJECT}:${config.FIRESTORE_DATABASE}:`,
  });
}

/** For a function's module: a configuration that cannot work ends the process with every reason. */
export async function openServicesOrExit(): Promise<Services> {
  try {
    return await openServices();
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
