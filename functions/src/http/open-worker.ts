import { costUsd } from '../agents/models/price.ts';
import { Graphs } from '../project/graphs.ts';
import type { Keeper } from '../runtime/liveness/alone.ts';
import { Worker } from '../runtime/worker.ts';
import { watchEventLoop } from './alone/event-loop-watch.ts';
import type { Services } from './services.ts';

/** The worker of a process, as configured. LangGraph comes with this module. Without `keeper` it executes every run itself. */
export function openWorker(
  { config, store, queue, catalog, cache, quotas }: Services,
  { id, keeper }: { id: string; keeper?: Keeper },
): Worker {
  return new Worker({
    id,
    store,
    queue,
    graphs: new Graphs(catalog, config.GRAPH_LOAD_TIMEOUT_S * 1_000),
    cache,
    price: costUsd,
    overspent: () => quotas.overspent(),
    random: Math.random,
    deadlineMs: config.WORKER_DEADLINE_S * 1_000,
    deadlineGraceMs: config.WORKER_DEADLINE_GRACE_S * 1_000,
    graceMs: config.WORKER_GRACE_S * 1_000,
    ...(keeper === undefined ? {} : { keeper }),
    onHeld: watchEventLoop(config.WORKER_BLOCKED_S * 1_000),
  });
}
