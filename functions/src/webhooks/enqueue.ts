import { errorMessage, isTerminal, type Run } from '@longrun/shared';
import { derivedId } from '../lib/derived-id.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { log } from '../telemetry/log.ts';
import type { StoredDelivery } from './delivery.ts';

/** Right after a run ended or began to ask: its webhook need not wait for the sweeper. */
export async function enqueueAnnouncement(queue: TaskQueue, run: Run): Promise<void> {
  if (run.webhook === null || !(isTerminal(run.status) || run.status === 'interrupted')) return;
  const { owner, run_id, head } = run;
  await enqueueDelivery(queue, { owner, run_id, seq: head.seq, attempts: [], next_attempt_at: null });
}

/**
 * Enqueues the next attempt. The task's name comes from what was tried so far, so doing it twice has no effect. A failure is
 * no error of the caller: the delivery is stored, and the sweeper will enqueue it.
 */
export async function enqueueDelivery(
  queue: TaskQueue,
  delivery: Pick<StoredDelivery, 'owner' | 'run_id' | 'seq' | 'attempts' | 'next_attempt_at'>,
  salt = '',
): Promise<void> {
  const { owner, run_id, seq, attempts, next_attempt_at } = delivery;
  const name = derivedId('webhook', owner, run_id, String(seq), String(attempts.length), salt);
  try {
    await queue.enqueue(
      { uid: owner, run_id, webhook: seq },
      next_attempt_at === null ? { name } : { name, notBefore: Date.parse(next_attempt_at) },
    );
  } catch (error) {
    log.warn('A webhook could not be enqueued; the sweeper will.', { run_id, error: errorMessage(error) });
  }
}
