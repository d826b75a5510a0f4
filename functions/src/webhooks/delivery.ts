import { runPath, type WebhookDelivery } from '@longrun/shared';
import type { Fields, StoredDocument } from '../ports/documents.ts';

/** Collection below a run: what its webhook is told, each by the number of the event of which it tells. */
export const WEBHOOKS = 'webhooks';

export const deliveriesPath = (uid: string, runId: string) => `${runPath(uid, runId)}/${WEBHOOKS}`;
export const deliveryPath = (uid: string, runId: string, seq: number) =>
  `${deliveriesPath(uid, runId)}/${String(seq).padStart(10, '0')}`;

/** One delivery as it is stored. */
export interface StoredDelivery extends WebhookDelivery {
  owner: string;
  run_id: string;
  /** What is sent: JSON, the same at each attempt. */
  body: string;
  /** A worker is sending until then at the latest; ISO 8601. */
  held_until: string | null;
  /** When the sweeper looks at it, should nothing have happened; null when nothing is to be expected. */
  due_at: string | null;
}

export function deliveryFields(delivery: StoredDelivery): Fields {
  return { ...delivery, attempts: delivery.attempts.map((attempt) => ({ ...attempt })) };
}

/** The inverse; the document is written by this code only, so its shape is trusted, not parsed. */
export function deliveryFrom({ fields }: Pick<StoredDocument, 'fields'>): StoredDelivery {
  return fields as unknown as StoredDelivery;
}

/** What its owner is shown. */
export function shownDelivery(delivery: StoredDelivery): WebhookDelivery {
  const { id, seq, type, url, status, created_at, next_attempt_at, attempts } = delivery;
  return { id, seq, type, url, status, created_at, next_attempt_at, attempts };
}
