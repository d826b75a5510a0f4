import type { CreateRun, Json, Run } from '@longrun/shared';
import { answerRun, cancelRun, retryRun } from '../../functions/src/http/commands.ts';
import type { Documents } from '../../functions/src/ports/documents.ts';
import type { RunTask, TaskQueue } from '../../functions/src/ports/task-queue.ts';
import type { ServedGraph } from '../../functions/src/project/served-graph.ts';
import { Quotas } from '../../functions/src/quotas/quotas.ts';
import { dispatchCreated } from '../../functions/src/quotas/share.ts';
import { createRun } from '../../functions/src/runtime/runs/create-run.ts';
import { tidy } from '../../functions/src/runtime/housekeeping/tidy.ts';
import { RunStore } from '../../functions/src/runtime/runs/run-store.ts';
import type { AloneEnd, Keeper } from '../../functions/src/runtime/liveness/alone.ts';
import type { Held } from '../../functions/src/runtime/liveness/held.ts';
import { renewLeases } from '../../functions/src/runtime/liveness/renew.ts';
import { sweep } from '../../functions/src/runtime/liveness/sweep.ts';
import { stopSuperseded } from '../../functions/src/runtime/runs/thread-queue.ts';
import { Worker } from '../../functions/src/runtime/worker.ts';
import { log } from '../../functions/src/telemetry/log.ts';
import { agentHost, type AgentHost } from './agent-host.ts';
import type { Delivery, Reply } from './tasks.ts';
import type { Process, World } from './world.ts';

/** All that the simulation knows of the real runtime: what the functions `api`, `worker` and `maintenance` do. */
export interface Host {
  deliver(delivery: Delivery): Promise<Reply>;
  drain(): Promise<void>;
  /** As in a process that was started for the task alone. */
  alone(task: RunTask): Promise<AloneEnd>;
  /** What the thread of the process does while the process stands still. */
  renew(documents: Documents): Promise<void>;
  maintain(): Promise<void>;
  /** What LangChain's clients ask for. */
  agent: AgentHost;
  create(uid: string, body: CreateRun, idempotencyKey: string): Promise<Run>;
  cancel(uid: string, runId: string): Promise<Run>;
  answer(uid: string, runId: string, answers: { [id: string]: Json }): Promise<Run>;
  retry(uid: string, runId: string): Promise<Run>;
}

export interface HostOptions {
  world: World;
  process: Process;
  documents: Documents;
  queue: TaskQueue;
  deadlineMs: number;
  /** Absent in a process that executes one run. */
  keeper: Keeper | null;
  graphs: (name: string) => Promise<ServedGraph>;
  /** A graph as its module exports it. */
  exported: (name: string) => unknown;
  /** How long runs on threads that nobody named are kept. Milliseconds. */
  ttlMs: number;
}

/** How long a step may go on after its process was told to stop. */
export const GRACE_MS = 1_000;
/** Of the runs of a world, which all are one person's: some of them wait for others. */
const RUNNING_AT_ONCE = 2;
const PLENTY = { runs_at_once: 1_000, runs_per_day: 1_000, usd_per_day: 1_000 };
const OF_USER = { ...PLENTY, running_at_once: RUNNING_AT_ONCE };

export function bootHost({
  world,
  process,
  documents,
  queue,
  deadlineMs,
  graphs,
  exported,
  ttlMs,
  keeper,
}: HostOptions): Host {
  const clock = {
    now: () => world.now + process.skew,
    after: (ms: number, run: () => void) => world.after(ms, process, run),
  };
  const store = new RunStore({ documents, clock, ttlMs });
  const parts = { store, queue };
  let held: Held[] = [];
  const limits = { user: OF_USER, anonymous: OF_USER, total: PLENTY };
  const caps = { recursionLimit: 1_000, runTimeoutS: 24 * 3_600, hardUsdPerDay: null };
  const quotas = { quotas: new Quotas({ documents, clock, limits, caps }), anonymous: false };
  const worker = new Worker({
    id: process.name,
    store,
    queue,
    // The worker asks for nothing but `get`.
    graphs: { get: graphs },
    price: () => undefined,
    random: () => world.random('backoff').next(),
    deadlineMs,
    deadlineGraceMs: 1_000,
    graceMs: GRACE_MS,
    ...(keeper === null ? {} : { keeper }),
    onHeld: (now) => (held = now),
  });
  return {
    async deliver({ task }) {
      try {
        const answer = await worker.handle(task);
        return answer.done ? { kind: 'done' } : { kind: 'again', seconds: answer.seconds };
      } catch (error) {
        world.note(`the attempt could not be recorded: ${String(error)}`);
        return { kind: 'again', seconds: 5 };
      }
    },
    agent: agentHost({ store, queue, quotas: quotas.quotas, exported }),
    drain: () => worker.drained(),
    alone: async (task) => ({ kind: 'answered', answer: await worker.handle(task) }),
    renew: (documentsOfThread) => renewLeases(documentsOfThread, held, clock.now()),
    async maintain() {
      await sweep(store, queue);
      await tidy(store);
    },
    async create(uid, body, idempotencyKey) {
      const made = await createRun(store, { uid, body, idempotencyKey, quotas });
      await dispatchCreated(store, queue, made);
      await stopSuperseded(store, queue, made.run);
      return made.run;
    },
    cancel: (uid, runId) => cancelRun(parts, uid, runId),
    answer: (uid, runId, answers) => answerRun(parts, uid, runId, answers),
    retry: async (uid, runId) => (await retryRun(parts, (await store.require(uid, runId)).run, quotas)).run,
  };
}

/** The runtime's own words go into the trace of the world that runs. */
export function logInto(world: () => World | undefined): void {
  const write = (message: string, fields?: object) =>
    world()?.note(() => `  "${message}" ${fields === undefined ? '' : JSON.stringify(fields)}`);
  log.info = write;
  log.warn = write;
  log.error = (message, error) => write(`${message} ${String(error)}`);
}
