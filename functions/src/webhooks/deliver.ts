import type { Clock } from '../ports/clock.ts';
import { CommitConflict, type Documents, type Fields, type StoredDocument } from '../ports/documents.ts';
import type { TaskQueue, WebhookTask } from '../ports/task-queue.ts';
import type { TaskAnswer } from '../runtime/worker.ts';
import { log } from '../telemetry/log.ts';
import { DELIVERY_GRACE_MS } from './announce.ts';
import { decideDelivery, type Decision, type SendResult } from './decide.ts';
import { deliveryFrom, deliveryPath, type StoredDelivery } from './delivery.ts';
import { enqueueDelivery } from './enqueue.ts';
import type { Send } from './send.ts';

/** Longer than an attempt may take: whoever holds a delivery for so long is gone. Milliseconds. */
const HOLD_MS = 12_000;
/** A task that comes too early waits in the queue for so long at most; the delivery's own task comes later. Milliseconds. */
const SOON_MS = 60_000;
/** Slow receivers must not take the place of runs. */
const MAX_AT_ONCE = 20;

export interface DeliverOptions {
  documents: Documents;
  clock: Clock;
  queue: TaskQueue;
  send: Send;
  random: () => number;
}

/**
 * Takes tasks that name a delivery and sends it. At least once: when a worker dies between the receiver's answer and
 * the note of it, the same message, with the same `webhook-id`, is sent again.
 */
export function webhookDeliverer(options: DeliverOptions): (task: WebhookTask) => Promise<TaskAnswer> {
  const { documents, clock, queue, send } = options;
  let underWay = 0;

  return async ({ uid, run_id, webhook }) => {
    const [doc] = await documents.get([deliveryPath(uid, run_id, webhook)]);
    if (doc === undefined) return { done: true };
    const delivery = deliveryFrom(doc);
    if (delivery.status !== 'pending') return { done: true };
    const wait = waitOf(delivery, clock.now());
    if (wait > SOON_MS) {
      await enqueueDelivery(queue, delivery);
      return { done: true };
    }
    if (wait > 0) return { done: false, seconds: Math.ceil(wait / 1_000) };
    if (underWay >= MAX_AT_ONCE) return { done: false, seconds: 2 };
    underWay += 1;
    try {
      if (!(await claim(documents, doc, clock.now()))) return { done: false, seconds: 1 };
      const sentAt = clock.now();
      const result = await send(delivery, sentAt);
      const noted = await note(options, doc.path, sentAt, result);
      if (noted?.status === 'pending') await enqueueDelivery(queue, noted);
      return { done: true };
    } finally {
      underWay -= 1;
    }
  };
}

/** Milliseconds until it may be tried. */
function waitOf({ held_until, next_attempt_at }: StoredDelivery, now: number): number {
  const time = (text: string | null) => (text === null ? 0 : Date.parse(text));
  return Math.max(time(held_until), time(next_attempt_at)) - now;
}

/** False when another worker was first. */
async function claim(documents: Documents, doc: StoredDocument, now: number): Promise<boolean> {
  const fields: Fields = {
    held_until: new Date(now + HOLD_MS).toISOString(),
    due_at: new Date(now + HOLD_MS + DELIVERY_GRACE_MS).toISOString(),
  };
  return await update(documents, doc, fields);
}

/** Writes what became of the attempt. Undefined when the run was removed meanwhile. */
async function note(
  { documents, clock, random }: DeliverOptions,
  path: string,
  sentAt: number,
  result: SendResult,
): Promise<StoredDelivery | undefined> {
  for (;;) {
    const [doc] = await documents.get([path]);
    if (doc === undefined) return undefined;
    const before = deliveryFrom(doc);
    const { status, error, ms } = result;
    const attempts = [...before.attempts, { at: new Date(sentAt).toISOString(), status, error, ms }];
    // Another worker may have got through while this one was thought to be gone.
    const decision: Decision =
      before.status === 'delivered'
        ? { status: 'delivered' }
        : decideDelivery(result, attempts.length, random());
    const next = decision.status === 'pending' ? clock.now() + decision.waitMs : null;
    const fields = {
      status: decision.status,
      attempts,
      held_until: null,
      next_attempt_at: next === null ? null : new Date(next).toISOString(),
      due_at: next === null ? null : new Date(next + DELIVERY_GRACE_MS).toISOString(),
    };
    if (!(await update(documents, doc, fields))) continue;
    const told = {
      run_id: before.run_id,
      webhook: before.seq,
      attempt: attempts.length,
      status: result.status,
    };
    if (fields.status === 'failed') log.warn('A webhook was given up.', { ...told, error });
    else log.info('A webhook was sent.', { ...told, outcome: fields.status });
    return { ...before, ...fields };
  }
}

async function update(
  documents: Documents,
  { path, version }: StoredDocument,
  fields: Fields,
): Promise<boolean> {
  try {
    await documents.commit([{ op: 'update', path, version, fields }]);
    return true;
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return false;
  }
}
