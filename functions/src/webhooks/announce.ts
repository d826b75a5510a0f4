import { traitsOf, type LogEntry, type Run } from '@longrun/shared';
import { derivedId } from '../lib/derived-id.ts';
import type { DocumentWrite } from '../ports/documents.ts';
import { deliveryFields, deliveryPath } from './delivery.ts';

/** A delivery whose task has not come by so much after its time is enqueued again. Milliseconds. */
export const DELIVERY_GRACE_MS = 30_000;

/**
 * What is committed together with a log entry that ends the run or asks something: the delivery to the run's webhook. So
 * whatever dies afterwards, it is known that there is something to tell. `run`: as it is after the entry.
 */
export function announcements(run: Run, entry: LogEntry): DocumentWrite[] {
  const { webhook } = run;
  if (webhook === null) return [];
  return entry.events.flatMap((event): DocumentWrite[] => {
    const { webhook: type } = traitsOf(event);
    if (type === undefined) return [];
    const at = new Date(event.at).toISOString();
    const fields = deliveryFields({
      id: `msg_${derivedId('webhook', run.owner, run.run_id, String(event.seq))}`,
      owner: run.owner,
      run_id: run.run_id,
      seq: event.seq,
      type,
      url: webhook,
      body: JSON.stringify({ type, timestamp: at, data: dataOf(run) }),
      status: 'pending',
      created_at: at,
      next_attempt_at: at,
      attempts: [],
      held_until: null,
      due_at: new Date(event.at + DELIVERY_GRACE_MS).toISOString(),
    });
    return [{ op: 'set', path: deliveryPath(run.owner, run.run_id, event.seq), fields }];
  });
}

/** A glance, without messages, input or output: those are fetched by who is allowed to. */
function dataOf(run: Run) {
  return {
    run_id: run.run_id,
    thread_id: run.thread_id,
    assistant_id: run.assistant_id,
    status: run.status,
    title: run.title,
    error_code: run.error?.code ?? null,
    usage: run.usage,
    created_at: run.created_at,
    finished_at: run.finished_at,
  };
}
