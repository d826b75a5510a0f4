import { log } from '../../telemetry/log.ts';
import { aloneTaskSchema, type AloneMessage } from '../alone/messages.ts';
import { openWorker } from '../open-worker.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** A process that executes one run and nothing else, started by a worker that keeps it. It ends with the answer to its task. */
const { task, worker: id } = aloneTaskSchema.parse(JSON.parse(process.argv.at(-1) ?? ''));
const worker = openWorker(await openServicesOrExit(), { id });
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
