import { errorMessage, type Run } from '@longrun/shared';
import { notBefore } from '../../domain/wake.ts';
import { derivedId } from '../../lib/derived-id.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { log } from '../../telemetry/log.ts';
import { runSpanId } from '../../telemetry/span.ts';
import { formatTraceHeader } from '../../telemetry/trace-header.ts';

/**
 * Enqueues the run's next attempt. The task's name comes from the log's head, so that doing it twice for the
 * same state has no effect. A failure is not an error of the caller: the run is stored, and the sweeper will
 * enqueue it: then the answer is false.
 */
export async function dispatch(queue: TaskQueue, run: Run, salt = ''): Promise<boolean> {
  const due = notBefore(run);
  const name = derivedId('task', run.owner, run.run_id, String(run.head.entry), salt);
  try {
    await queue.enqueue(
      { uid: run.owner, run_id: run.run_id },
      {
        name,
        ...(due === null ? {} : { notBefore: due }),
        ...(run.trace === null ? {} : { trace: formatTraceHeader(run.trace.id, runSpanId(run)) }),
      },
    );
    return true;
  } catch (error) {
    log.warn('The run could not be enqueued; the sweeper will.', {
      run_id: run.run_id,
      error: errorMessage(error),
    });
    return false;
  }
}
