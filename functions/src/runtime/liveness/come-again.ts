import { derivedId } from '../../lib/derived-id.ts';
import type { RunTask, TaskQueue } from '../../ports/task-queue.ts';

/** Tasks that come again within so long are one. Milliseconds. */
const GRID_MS = 2_000;

/**
 * Enqueues the task anew for a later time. (A queue whose handlers answer 503 slows down for everybody.) Two tasks for one
 * run that are to come again at about the same time become one. `from`: why, so that others are not taken for it.
 */
export async function comeAgain(
  queue: TaskQueue,
  task: RunTask,
  { from, seconds, now }: { from: string; seconds: number; now: number },
): Promise<void> {
  const notBefore = Math.ceil((now + seconds * 1_000) / GRID_MS) * GRID_MS;
  const name = derivedId('task', task.uid, task.run_id, 'again', from, String(notBefore));
  await queue.enqueue(task, { name, notBefore });
}
