import { RUNS, runsPath } from '@longrun/shared';
import type { DocumentQuery, Documents } from '../ports/documents.ts';

/**
 * Runs that run or wait for a worker. Only they have a due time (`wake_at`), so one index counts them; as it is written with
 * the run's own status, a place is given back in the very commit that ends the run, and there is no counter to go wrong.
 */
const ACTIVE = { field: 'wake_at', op: '>' as const, value: '' };

export function activeRuns(uid: string): DocumentQuery {
  return {
    collection: runsPath(uid),
    where: [ACTIVE],
    orderBy: [{ field: 'wake_at', direction: 'asc' }],
  };
}

export function countAllActive(documents: Documents): Promise<number> {
  return documents.count({
    collection: RUNS,
    group: true,
    where: [ACTIVE],
    orderBy: [{ field: 'wake_at', direction: 'asc' }],
  });
}

/** How many of the user's runs a worker holds. */
export function countRunning(documents: Documents, uid: string): Promise<number> {
  return documents.count({
    collection: runsPath(uid),
    where: [{ field: 'status', op: '==', value: 'running' }],
  });
}
