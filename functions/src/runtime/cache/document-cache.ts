import { hash } from 'node:crypto';
import { userPath } from '@longrun/shared';
import type { Cache, CacheAddress, CacheEntry } from '../../ports/cache.ts';
import type { DocumentWrite, Documents, StoredDocument } from '../../ports/documents.ts';

const GROUP = 'cache';
const MAX_BYTES = 900_000; // with the other fields below Firestore's 1 MiB
const COMMIT_BYTES = 9_000_000; // of Firestore's 10 MiB
const GET_AT_ONCE = 100;
const DELETE_AT_ONCE = 300;

/** The cache on documents: `users/{uid}/cache/{hash of the address}`. What expired is deleted by TTL and by housekeeping. */
export function documentCache(documents: Documents): Cache {
  const remove = (found: StoredDocument[]) =>
    documents.commit(found.map(({ path }) => ({ op: 'delete', path })));

  return {
    maxBytes: MAX_BYTES,

    async get(addresses, now) {
      const entries: (CacheEntry | undefined)[] = [];
      for (let at = 0; at < addresses.length; at += GET_AT_ONCE) {
        const found = await documents.get(addresses.slice(at, at + GET_AT_ONCE).map(pathOf));
        entries.push(...found.map((document) => entryIn(document, now)));
      }
      return entries;
    },

    async set(entries, now) {
      let batch: DocumentWrite[] = [];
      let bytes = 0;
      for (const { address, type, deflated, data, expiresAt } of entries) {
        if (expiresAt <= now) continue;
        if (bytes + data.byteLength > COMMIT_BYTES) {
          await documents.commit(batch);
          [batch, bytes] = [[], 0];
        }
        const { graph, space } = address;
        const fields = { graph, space, type, data, deflated, expire_at: new Date(expiresAt) };
        batch.push({ op: 'set', path: pathOf(address), fields });
        bytes += data.byteLength + 1_000;
      }
      await documents.commit(batch);
    },

    async clear({ uid, graph, space }) {
      const where =
        space === undefined
          ? { field: 'graph', op: '==' as const, value: graph }
          : { field: 'space', op: '==' as const, value: space };
      const query = { collection: collectionOf(uid), where: [where], select: [], limit: DELETE_AT_ONCE };
      let found: StoredDocument[];
      do {
        found = await documents.query(query);
        await remove(found);
      } while (found.length === DELETE_AT_ONCE);
    },

    /** Once through all in the order of their paths: what is put behind the flush stays, so it ends. */
    async flush(from) {
      const found = await documents.query({
        collection: GROUP,
        group: true,
        orderBy: [{ field: '__name__', direction: 'asc' }],
        ...(from === null ? {} : { startAfter: [from] }),
        select: [],
        limit: DELETE_AT_ONCE,
      });
      await remove(found);
      const last = found.length < DELETE_AT_ONCE ? undefined : found.at(-1);
      return { removed: found.length, looked: found.length, next: last?.path ?? null };
    },

    size: () => documents.count({ collection: GROUP, group: true }),

    async check() {
      await documents.get([`${collectionOf('probe')}/probe`]);
      return 'Firestore';
    },
  };
}

function collectionOf(uid: string): string {
  if (uid === '' || uid.includes('/')) throw new TypeError('A cache needs the id of a user.');
  return `${userPath(uid)}/${GROUP}`;
}

function pathOf({ uid, space, id }: CacheAddress): string {
  return `${collectionOf(uid)}/${hash('sha256', `${space} ${id}`, 'base64url')}`;
}

/** Undefined for what is not there, or no longer. */
function entryIn(document: StoredDocument | undefined, now: number): CacheEntry | undefined {
  if (document === undefined) return undefined;
  const { type, data, deflated, expire_at } = document.fields;
  if (typeof type !== 'string' || !(data instanceof Uint8Array) || !(expire_at instanceof Date))
    return undefined;
  const expiresAt = expire_at.getTime();
  return expiresAt <= now ? undefined : { type, data, deflated: deflated === true, expiresAt };
}
