import type { Store } from '../../local/backup/restore.ts';
import { renewDatabase } from '../../local/firestore/engine/store/renew.ts';
import type { Settings } from '../settings.ts';

type StorePart = 'tasks' | 'firestore' | 'identity';

/**
 * The databases of the embedded servers, in the order in which they are copied. They are copied one after the other, so a set
 * is of three moments, and the order makes what differs harmless:
 * - tasks before documents: a run whose task is not in the older copy is found by the sweeper; a task whose run has gone on since
 *   is delivered once more, which changes nothing. The other way round, names of tasks that are used up would keep the sweeper's
 *   first try from being enqueued.
 * - documents before accounts: whoever owns a document had an account before it. An account without documents is a new user.
 */
const STORES: readonly (Store & { part: StorePart })[] = [
  { part: 'tasks', file: 'tasks.sqlite' },
  { part: 'firestore', file: 'firestore.sqlite', renew: renewDatabase },
  { part: 'identity', file: 'identity.sqlite' },
];

/** Those that this installation keeps itself. */
export function ownStores({ firestore, identity }: Pick<Settings, 'firestore' | 'identity'>) {
  return STORES.filter(
    ({ part }) =>
      part === 'tasks' ||
      (part === 'firestore' && firestore === null) ||
      (part === 'identity' && identity === null),
  );
}
