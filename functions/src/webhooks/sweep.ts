import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { log } from '../telemetry/log.ts';
import { DELIVERY_GRACE_MS } from './announce.ts';
import { deliveryFrom, WEBHOOKS } from './delivery.ts';
import { enqueueDelivery } from './enqueue.ts';

const BATCH = 200;

/**
 * Enqueues every delivery to which something should have happened by now: its task was never created or got lost, or its
 * worker died. A task too many is harmless. Returns how many were enqueued.
 */
export async function sweepWebhooks(documents: Documents, clock: Clock, queue: TaskQueue): Promise<number> {
  const now = clock.now();
  const due = await documents.query({
    collection: WEBHOOKS,
    group: true,
    where: [{ field: 'due_at', op: '<=', value: new Date(now).toISOString() }],
    orderBy: [{ field: 'due_at', direction: 'asc' }],
    limit: BATCH,
  });
  // A new name every period: the queue remembers the name of a task that was delivered in vain.
  const period = String(Math.floor(now / DELIVERY_GRACE_MS));
  for (const doc of due) await enqueueDelivery(queue, deliveryFrom(doc), period);
  if (due.length > 0) log.info('Webhooks were enqueued again.', { enqueued: due.length });
  return due.length;
}
