import type { Clock } from '../ports/clock.ts';
import { CommitConflict, type Documents, type StoredDocument } from '../ports/documents.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import { log } from '../telemetry/log.ts';
import { DELIVERY_GRACE_MS } from './announce.ts';
import { deliveryFrom, WEBHOOKS } from './delivery.ts';
import { enqueueDelivery } from './enqueue.ts';

const BATCH = 200;

/**
 * Enqueues every delivery to which something should have happened by now: its task was never created or got lost, or its
 * worker died. A task too many is harmless. Of one that is over nothing is due any more. Returns how many were enqueued.
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
  let enqueued = 0;
  for (const doc of due) {
    const delivery = deliveryFrom(doc);
    if (delivery.status === 'delivered' || delivery.status === 'failed') {
      await settle(documents, doc);
      continue;
    }
    await enqueueDelivery(queue, delivery, period);
    enqueued += 1;
  }
  if (enqueued > 0) log.info('Webhooks were enqueued again.', { enqueued });
  return enqueued;
}

async function settle(documents: Documents, { path, version }: StoredDocument): Promise<void> {
  try {
    await documents.commit([{ op: 'update', path, version, fields: { due_at: null } }]);
  } catch (error) {
    // Removed or changed meanwhile: the next sweep sees what it is then.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
