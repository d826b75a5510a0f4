import type { Run, WebhookDelivery } from '@longrun/shared';
import type { Documents } from '../ports/documents.ts';
import { deliveriesPath, deliveryFrom, shownDelivery } from './delivery.ts';

/** A run asks a person at most so often before the older part of its list is cut. */
const MAX_SHOWN = 100;

/** What the run's webhook was told or is still to be told, newest first. */
export async function listDeliveries(documents: Documents, run: Run): Promise<WebhookDelivery[]> {
  const found = await documents.query({
    collection: deliveriesPath(run.owner, run.run_id),
    orderBy: [{ field: 'seq', direction: 'desc' }],
    limit: MAX_SHOWN,
  });
  return found.map((doc) => shownDelivery(deliveryFrom(doc)));
}
