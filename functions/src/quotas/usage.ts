import { USAGE, usagePath, type LogEntry, type Run } from '@longrun/shared';
import { dayOf } from '../domain/quotas.ts';
import type { DocumentQuery, Documents, DocumentWrite, Fields, StoredDocument } from '../ports/documents.ts';

/** For so long one can see what was used on a day. Milliseconds. */
const KEPT_MS = 35 * 24 * 3_600_000;

/** What a user used on one day of UTC. */
export interface Usage {
  runs: number;
  usd: number;
}

export function usageOf(document: StoredDocument | undefined): Usage {
  return { runs: numberOf(document?.fields['runs']), usd: numberOf(document?.fields['cost_usd']) };
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);

/** What every write to such a document says of it. */
function heading(uid: string, now: number): Fields {
  return { owner: uid, day: dayOf(now), expire_at: new Date(now + KEPT_MS) };
}

/**
 * One run more. It is refused when anybody changed the document since it was read: of several who create runs for a user at
 * the same moment each sees those that came through before.
 */
export function oneRunMore(uid: string, found: StoredDocument | undefined, now: number): DocumentWrite {
  const path = usagePath(uid, dayOf(now));
  const runs = usageOf(found).runs + 1;
  return found === undefined
    ? { op: 'create', path, fields: { ...heading(uid, now), runs, cost_usd: 0 } }
    : { op: 'update', path, version: found.version, fields: { ...heading(uid, now), runs } };
}

/**
 * Charges the day with what the models cost of which the entry tells. Part of the entry's own commit, so it is charged once,
 * whatever crashes. Calls without a known price cost no write.
 */
export function charge({ owner }: Run, { events }: LogEntry): DocumentWrite[] {
  let cost = 0;
  let at = 0;
  for (const event of events) {
    if (event.type !== 'usage' || !((event.usage.cost_usd ?? 0) > 0)) continue;
    cost += event.usage.cost_usd ?? 0;
    at = event.at;
  }
  if (!(cost > 0) || !Number.isFinite(cost)) return [];
  const path = usagePath(owner, dayOf(at));
  return [{ op: 'increment', path, fields: heading(owner, at), by: { cost_usd: cost } }];
}

/** Of all users, the highest first: also the order of the index that holds day and cost. */
export function costsOf(day: string): DocumentQuery {
  return {
    collection: USAGE,
    group: true,
    where: [{ field: 'day', op: '==', value: day }],
    orderBy: [{ field: 'cost_usd', direction: 'desc' }],
  };
}

/** What models cost all users on the day of `now`. US dollars. */
export async function totalUsd(documents: Documents, now: number): Promise<number> {
  return await documents.sum(costsOf(dayOf(now)), 'cost_usd');
}
