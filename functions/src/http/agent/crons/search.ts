import { cronsPath } from '@longrun/shared';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import { jsonContains } from '../../../lib/json-contains.ts';
import { readCron } from '../../../runtime/crons/cron.ts';
import type { Access } from '../access/access.ts';
import type { AssistantServices } from '../assistants/find.ts';
import { cronObject, type CronObject } from './cron-object.ts';
import type { CronFilter, SearchCrons } from './schemas.ts';

interface Page {
  crons: Partial<CronObject>[];
  /** Of all that were found. */
  total: number;
}

export async function searchCrons(
  services: AssistantServices,
  uid: string,
  { limit, offset, sort_by, sort_order, select, ...filter }: SearchCrons,
  access: Access,
): Promise<Page> {
  const found = await matching(services, uid, filter, access);
  const [by, sign] = [sort_by ?? 'created_at', sort_order === 'asc' ? 1 : -1];
  const order = (a: CronObject, b: CronObject) =>
    sign * (compare(a[by] ?? '', b[by] ?? '') || compare(a.cron_id, b.cron_id));
  const page = found.toSorted(order).slice(offset, offset + limit);
  return {
    crons: select ? page.map((cron) => Object.fromEntries(select.map((name) => [name, cron[name]]))) : page,
    total: found.length,
  };
}

export async function countCrons(
  services: AssistantServices,
  uid: string,
  filter: CronFilter,
  access: Access,
): Promise<number> {
  return (await matching(services, uid, filter, access)).length;
}

async function matching(
  { store, catalog }: AssistantServices,
  uid: string,
  { assistant_id, thread_id, enabled, metadata }: CronFilter,
  access: Access,
): Promise<CronObject[]> {
  const named = assistant_id && catalog.has(assistant_id) ? defaultAssistantId(assistant_id) : assistant_id;
  const all = await store.documents.query({ collection: cronsPath(uid) });
  return all
    .map((doc) => cronObject(readCron(doc)))
    .filter(
      (cron) =>
        (named ?? cron.assistant_id) === cron.assistant_id &&
        (thread_id ?? cron.thread_id) === cron.thread_id &&
        (enabled ?? cron.enabled) === cron.enabled &&
        jsonContains(cron.metadata, metadata ?? {}) &&
        access.allows('crons', cron.metadata),
    );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
