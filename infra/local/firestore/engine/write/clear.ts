import type { Core } from '../core.ts';
import { parseDatabase } from '../path/resource-name.ts';
import { ADMIN } from '../types.ts';

const CHUNK = 500; // deletes a commit; other commits find room between them

/**
 * Deletes the documents that are in a database now; what is written meanwhile stays. Listeners hear of it as of any other
 * deletion, nothing is billed. @throws StatusError INVALID_ARGUMENT
 */
export async function clearDatabase({ store, committer }: Core, name: string): Promise<void> {
  const database = parseDatabase(name);
  const newest = store.newestId();
  for (;;) {
    const names = store.namesIn(database, newest, CHUNK);
    if (names.length === 0) return;
    const writes = names.map((document) => ({ delete: document }));
    await committer.commit({ database, writes, caller: ADMIN, isFree: true });
  }
}
