import { LongrunError, type Json } from '@longrun/shared';
import { jsonContains } from '../../../lib/json-contains.ts';
import type { Access } from '../access/access.ts';
import { assistantsPath, readAssistant, type Assistant } from './assistant.ts';
import { defaultAssistant } from './default-assistant.ts';
import type { AssistantServices } from './find.ts';
import type { AssistantFilter, SearchAssistants } from './schemas.ts';

/** A user may have so many: no index answers what is asked, so all are looked at. */
const MAX_ASSISTANTS = 1_000;

interface Page {
  assistants: Partial<Assistant>[];
  /** Of all that were found. */
  total: number;
}

export async function searchAssistants(
  services: AssistantServices,
  uid: string,
  { limit, offset, sort_by, sort_order, select, ...filter }: SearchAssistants,
  access: Access,
): Promise<Page> {
  const found = await matching(services, uid, filter, access);
  const [by, sign] = [sort_by ?? 'created_at', sort_order === 'asc' ? 1 : -1];
  const order = (a: Assistant, b: Assistant) =>
    sign * (compare(a[by], b[by]) || compare(a.assistant_id, b.assistant_id));
  const page = found.toSorted(order).slice(offset, offset + limit);
  return { assistants: page.map((each) => narrowed(each, select ?? undefined)), total: found.length };
}

export async function countAssistants(
  services: AssistantServices,
  uid: string,
  filter: AssistantFilter,
  access: Access,
): Promise<number> {
  return (await matching(services, uid, filter, access)).length;
}

/** Throws `limit_exceeded`. Creations at the same time may each see room for one more. */
export async function requireRoom({ store }: AssistantServices, uid: string): Promise<void> {
  const count = await store.documents.count({ collection: assistantsPath(uid), limit: MAX_ASSISTANTS });
  if (count < MAX_ASSISTANTS) return;
  throw new LongrunError(
    'limit_exceeded',
    `There can be ${MAX_ASSISTANTS} assistants of one user. Delete some, or change one.`,
  );
}

async function matching(
  { store, catalog }: AssistantServices,
  uid: string,
  { graph_id, name, metadata }: AssistantFilter,
  access: Access,
): Promise<Assistant[]> {
  const stored = (await store.documents.query({ collection: assistantsPath(uid) })).map(readAssistant);
  const changed = new Set(stored.map(({ assistant_id }) => assistant_id));
  const unchanged = catalog
    .ids()
    .map(defaultAssistant)
    .filter(({ assistant_id }) => !changed.has(assistant_id));
  const part: Json = metadata ?? {};
  const text = (name ?? '').toLowerCase();
  return [...stored, ...unchanged].filter(
    (each) =>
      (graph_id ?? each.graph_id) === each.graph_id &&
      each.name.toLowerCase().includes(text) &&
      jsonContains(each.metadata, part) &&
      access.allows('assistants', each.metadata),
  );
}

function narrowed(assistant: Assistant, select: (keyof Assistant)[] | undefined): Partial<Assistant> {
  if (select === undefined) return assistant;
  return Object.fromEntries(select.map((field) => [field, assistant[field]]));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
