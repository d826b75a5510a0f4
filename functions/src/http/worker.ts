import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { ID_PATTERN, isObject, LongrunError } from '@longrun/shared';
import { isUid } from '../lib/uid.ts';
import type { RunTask, WebhookTask } from '../ports/task-queue.ts';
import { log } from '../telemetry/log.ts';
import { traceTask } from '../telemetry/trace-task.ts';
import type { TaskAnswer, Worker } from '../runtime/worker.ts';

/** A task holds ids. */
export const MAX_TASK_BYTES = 10_000;

/**
 * The platform lets only the queue's account call the worker. A worker on a laptop can be reached by any page of its
 * browser, which cannot send this header without being asked for a permission that nobody gives.
 */
export async function admitTask({ headers }: IncomingMessage): Promise<void> {
  if (headers['x-cloudtasks-taskname'] !== undefined) return;
  throw new LongrunError('unauthenticated', 'Only Cloud Tasks calls the worker; enqueue a task instead.');
}

/** The task handler: 200 when there is nothing more to do, 503 with Retry-After to be called again. */
export function workerHandler(
  open: () => Promise<Worker>,
  deliver: (task: WebhookTask) => Promise<TaskAnswer>,
) {
  return async (req: Request, res: Response): Promise<void> => {
    const task = parseTask(req.body);
    if (task === null) {
      // Calling again would not mend it, so the queue is told that it is done.
      log.error('A task without ids was dropped.', new Error('malformed task'));
      res.status(200).json({ done: true });
      return;
    }
    try {
      const answer =
        'webhook' in task
          ? await deliver(task)
          : await traceTask(async () => await (await open()).handle(task));
      if (answer.done) res.status(200).json(answer);
      else res.status(503).set('retry-after', String(answer.seconds)).json(answer);
    } catch (error) {
      log.error('An attempt could not be recorded; the task will come again.', error, {
        run_id: task.run_id,
      });
      res.status(503).set('retry-after', '5').json({ done: false, seconds: 5 });
    }
  };
}

function parseTask(body: unknown): RunTask | WebhookTask | null {
  if (!isObject(body)) return null;
  const { uid, run_id, webhook } = body;
  const known = isUid(uid) && typeof run_id === 'string' && ID_PATTERN.test(run_id);
  if (!known) return null;
  if (webhook === undefined) return { uid, run_id };
  const isSeq = typeof webhook === 'number' && Number.isSafeInteger(webhook) && webhook > 0;
  return isSeq ? { uid, run_id, webhook } : null;
}
