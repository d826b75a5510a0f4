import type { Documents, StoredDocument } from '../ports/documents.ts';
import { activeRuns } from './active.ts';
import { shareOf } from './share-fields.ts';

/** Of a user's runs that have not ended and wait for no person. */
interface Places {
  active: number;
  /** Have a worker, or a task in the queue. */
  taken: number;
  /** Ids of those that wait for their share, the oldest first. */
  waiting: string[];
}

/** More than `limit` of them are not read. */
export async function readPlaces(documents: Documents, uid: string, limit: number): Promise<Places> {
  const select = ['run_id', 'status', 'queued', 'waits_since'];
  const found = await documents.query({ ...activeRuns(uid), limit: limit + 1, select });
  const waiting = found
    .filter(({ fields }) => shareOf(fields).waits !== null)
    .toSorted((a, b) => String(a.fields['waits_since']).localeCompare(String(b.fields['waits_since'])))
    .map(({ fields }) => String(fields['run_id']));
  return { active: found.length, taken: found.filter(isTaken).length, waiting };
}

function isTaken({ fields }: StoredDocument): boolean {
  if (shareOf(fields).waits !== null) return false;
  return !(fields['status'] === 'pending' && fields['queued'] === true);
}
