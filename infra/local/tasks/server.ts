/** Google Cloud Tasks v2 for development and single machines: the unmodified @google-cloud/tasks client connects to it. */
import { randomUUID } from 'node:crypto';
import type { protos } from '@google-cloud/tasks';
import type { Access } from '../access/access.ts';
import { Administrators } from '../access/administrators.ts';
import { guardOf } from '../access/guard.ts';
import { backupRoute } from '../backup/route.ts';
import { listenMixed } from '../net/listen-mixed.ts';
import { queueMethods } from './api/queue-methods.ts';
import { createGrpcServer } from './api/service.ts';
import { taskMethods } from './api/task-methods.ts';
import { createChaos, noChaos } from './dispatch/chaos.ts';
import { deliver } from './dispatch/deliver.ts';
import type { Delivery } from './dispatch/deliver.ts';
import { createTokenSigner } from './dispatch/oidc.ts';
import { createSender } from './dispatch/send.ts';
import { httpApi } from './http-api.ts';
import { State } from './state.ts';
import { Store } from './store/store.ts';

export interface TasksOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** SQLite file; without it everything is in memory. */
  data?: string;
  /** Folder into which `POST /_/backup` may copy that file. */
  backups?: string;
  /** Full names of queues to create at start; settings, as in the API, also update a queue that exists. */
  queues?: { name: string; settings?: protos.google.cloud.tasks.v2.IQueue }[];
  /** CreateTask creates a missing queue, with default settings, instead of answering NOT_FOUND. */
  autoCreate?: boolean;
  /** How long the name of a finished or deleted task stays taken. Default one hour, as production. */
  dedupMs?: number;
  /** `iss` of ID tokens. Default https://accounts.google.com, so that a verifier need only be given our JWKS. */
  issuer?: string;
  chaos?: { seed: string; rate: number };
  access?: Access;
}

export interface TasksServer {
  port: number;
  url: string;
  /** Stops dispatching, gives attempts under way a moment; what is unfinished is delivered again after the next start. */
  close(): Promise<void>;
}

const DEDUP_MS = 3_600_000;
const CLOSE_GRACE_MS = 1_000;
const PRUNE_EVERY_MS = 60_000;

export async function startTasks(options: TasksOptions = {}): Promise<TasksServer> {
  const store = new Store(options.data);
  try {
    return await startWith(store, options);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function startWith(store: Store, options: TasksOptions): Promise<TasksServer> {
  const now = (): number => Date.now() * 1000;
  const state: State = new State(store, now, options.dedupMs ?? DEDUP_MS, (queue, name) =>
    deliver(delivery, queue, name),
  );
  const sender = createSender();
  const signer = createTokenSigner(store, options.issuer ?? 'https://accounts.google.com');
  const chaos = options.chaos ? createChaos(options.chaos.seed, options.chaos.rate) : noChaos;
  const delivery: Delivery = { state, sender, signer, chaos };

  const { create, update, ...queueApi } = queueMethods(state);
  const ensureQueue = async (name: string): Promise<void> => {
    if (options.autoCreate === true && !state.queues.has(name)) await create(name, {});
  };
  const host = options.host ?? '127.0.0.1';
  const { data, backups } = options;
  const backup = backupRoute({
    data,
    backups,
    administrators: new Administrators(options.access),
    copy: (to) => store.copy(to),
  });
  const guard = guardOf(options.access, host);
  const answer = httpApi(state, signer, randomUUID());
  const listener = await listenMixed({
    host,
    port: options.port ?? 0,
    grpcServer: createGrpcServer({ ...queueApi, ...taskMethods(delivery, ensureQueue) }),
    httpHandler: (request, response) => {
      if (guard(request, response) || backup(request, response)) return;
      answer(request, response);
    },
  });
  state.load();
  for (const { name, settings } of options.queues ?? []) {
    if (settings !== undefined) await update({ ...settings, name }, []);
    else if (!state.queues.has(name)) await create(name, {});
  }
  const pruning = setInterval(() => state.pruneTombstones(), PRUNE_EVERY_MS);

  let closing: Promise<void> | undefined;
  const shut = async (): Promise<void> => {
    clearInterval(pruning);
    for (const { lane } of state.queues.values()) lane.stop();
    await listener.close();
    await idle(state, CLOSE_GRACE_MS);
    sender.stop();
    await idle(state, CLOSE_GRACE_MS);
    store.close();
  };
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    port: listener.port,
    url: `http://${shownHost}:${listener.port}`,
    close: () => (closing ??= shut()),
  };
}

/** Resolves when no attempt is under way, or the time is over. */
async function idle(state: State, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  const busy = (): boolean => [...state.queues.values()].some(({ lane }) => lane.inFlight > 0);
  while (busy() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
}
