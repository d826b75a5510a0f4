import { randomUUID } from 'node:crypto';
import { cloudTasksQueue } from '../adapters/cloud-tasks/queue.ts';
import { lazyDocuments } from '../adapters/lazy-documents.ts';
import { ConfigError, parseConfig, type Config } from '../config/config.ts';
import { lazy } from '../lib/lazy.ts';
import { systemClock } from '../ports/clock.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { Graphs } from '../runtime/graphs.ts';
import { RunStore } from '../runtime/run-store.ts';
import { onReady } from './on-ready.ts';

/** What every function is built on. Whether Google or a local server answers is decided by the environment alone. */
export interface Services {
  config: Config;
  bootId: string;
  store: RunStore;
  queue: TaskQueue;
  graphs: Graphs;
}

const HOUR_MS = 3_600_000;

async function openServices(): Promise<Services> {
  const config = parseConfig(process.env);
  // The clients are most of a cold start, so they are loaded after it.
  const documents = lazy(() => openDocuments(config));
  const queue = cloudTasksQueue({
    project: config.GOOGLE_CLOUD_PROJECT,
    location: config.TASKS_LOCATION,
    queue: config.TASKS_QUEUE,
    workerUrl: config.WORKER_URL,
    serviceAccount: config.TASKS_SERVICE_ACCOUNT ?? null,
    endpoint: config.CLOUD_TASKS_EMULATOR_HOST ?? null,
  });
  onReady(documents);
  onReady(queue.warm);
  return {
    config,
    bootId: randomUUID(),
    graphs: await Graphs.open(config.LANGGRAPH_CONFIG),
    store: new RunStore({
      documents: lazyDocuments(documents),
      clock: systemClock,
      ttlMs: config.RUN_TTL_HOURS * HOUR_MS,
    }),
    queue,
  };
}

async function openDocuments(config: Config) {
  const [{ Firestore }, { firestoreDocuments }] = await Promise.all([
    import('@google-cloud/firestore'),
    import('../adapters/firestore/documents.ts'),
  ]);
  return firestoreDocuments(
    new Firestore({
      projectId: config.GOOGLE_CLOUD_PROJECT,
      databaseId: config.FIRESTORE_DATABASE,
      ignoreUndefinedProperties: true,
    }),
  );
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
