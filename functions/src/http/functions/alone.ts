import { costUsd } from '../../agents/models/price.ts';
import { Graphs } from '../../project/graphs.ts';
import { Worker } from '../../runtime/worker.ts';
import { log } from '../../telemetry/log.ts';
import { watchEventLoop } from '../alone/event-loop-watch.ts';
import { aloneTaskSchema, type AloneMessage } from '../alone/messages.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** A process that executes one run and nothing else, started by a worker that keeps it. It ends with the answer to its task. */
const { task, worker: id } = aloneTaskSchema.parse(JSON.parse(process.argv.at(-1) ?? ''));
const { config, store, queue, catalog, cache, quotas } = await openServicesOrExit();
const worker = new Worker({
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
  onHeld: watchEventLoop(config.WORKER_BLOCKED_S * 1_000),
});
takeOverSignals(() => worker.drained());
// Its keeper is gone: it hands the run over, and the log decides should another have it by then.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

try {
  say({ answer: await worker.handle(task) });
} catch (error) {
  log.error('An attempt could not be recorded; the task will come again.', error, { run_id: task.run_id });
  say({ answer: { done: false, seconds: 5 } });
}

function say(message: AloneMessage): void {
  if (process.connected) process.send?.(message, () => process.exit(0));
  else process.exit(0);
}
