import { LongrunError } from '@longrun/shared';
import { CommitConflict, type DocumentWrite, type Documents } from '../../ports/documents.ts';
import { isExpired, itemFields, type StoredItem } from './item-document.ts';
import type { Items, LoadedItem } from './items.ts';

/** What is to become of one address. */
export type Change =
  | { address: string; json: string; index: string[] | false | null; ttlMs: number | null }
  | { address: string; json: null };

const COMMIT_BYTES = 9_000_000; // of Firestore's 10 MiB, which framing shares
const COMMIT_WRITES = 400;
const MAX_RACES = 10;

/**
 * Makes the changes, each address at most once; as many as fit in one commit are made together. An item that someone
 * else writes meanwhile is read again, so that its first date stays right and no piece of it is left behind.
 */
export async function writeChanges(
  documents: Documents,
  items: Items,
  changes: Change[],
  now: number,
): Promise<void> {
  let left = changes;
  for (let race = 0; race < MAX_RACES && left.length > 0; race += 1) {
    left = await tryChanges(documents, items, left, now);
  }
  if (left.length > 0) throw new LongrunError('unavailable', 'The item is changing too quickly; try again.');
}

/** Answers with the changes that lost a race. */
async function tryChanges(
  documents: Documents,
  items: Items,
  changes: Change[],
  now: number,
): Promise<Change[]> {
  const stored = await items.stored(changes.map(({ address }) => address));
  const lost: Change[] = [];
  for (const group of grouped(items, changes, stored, now)) {
    try {
      await documents.commit(group.writes);
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
      lost.push(...group.changes);
    }
  }
  return lost;
}

interface Group {
  changes: Change[];
  writes: DocumentWrite[];
  bytes: number;
}

function grouped(items: Items, changes: Change[], stored: (StoredItem | undefined)[], now: number): Group[] {
  const groups: Group[] = [];
  for (const [i, change] of changes.entries()) {
    const writes = writesOf(items, change, stored[i], now);
    // Never less than what is sent: pieces are compressed.
    const bytes = 2_000 + (change.json === null ? 0 : Buffer.byteLength(change.json));
    const last = groups.at(-1);
    if (
      last !== undefined &&
      last.bytes + bytes <= COMMIT_BYTES &&
      last.writes.length + writes.length <= COMMIT_WRITES
    ) {
      last.changes.push(change);
      last.writes.push(...writes);
      last.bytes += bytes;
    } else groups.push({ changes: [change], writes: [...writes], bytes });
  }
  return groups;
}

function writesOf(items: Items, change: Change, old: StoredItem | undefined, now: number): DocumentWrite[] {
  const { collection } = items;
  const path = items.pathOf(change.address);
  const drop = (id: string): DocumentWrite => ({ op: 'delete', path: `${collection}/${id}` });
  if (change.json === null) {
    if (old === undefined) return [];
    // A delete has no condition of its own: the update before it is refused when someone else was first.
    const guard = { updated_at: new Date(now) };
    return [
      { op: 'update', path, fields: guard, version: old.version },
      { op: 'delete', path },
      ...old.pieces.map(drop),
    ];
  }
  const fresh = old === undefined || isExpired(old, now);
  const { fields, pieces } = itemFields(collection, {
    ...change,
    createdAt: fresh ? new Date(now) : old.createdAt,
    updatedAt: new Date(now),
    expireAt: change.ttlMs === null ? null : new Date(now + change.ttlMs),
  });
  const kept = new Set(pieces.map((piece) => piece.path));
  return [
    old === undefined ? { op: 'create', path, fields } : { op: 'update', path, fields, version: old.version },
    ...pieces,
    ...(old?.pieces ?? []).filter((id) => !kept.has(`${collection}/${id}`)).map(drop),
  ];
}

/** Reading gives an item its whole time again; a tenth of it must have passed, so that many reads make few writes. */
const REFRESH_AFTER = 0.1;

/** Puts off the end of items that were read, where they have one. */
export async function refresh(
  documents: Documents,
  items: Items,
  read: LoadedItem[],
  now: number,
): Promise<void> {
  for (const { address, ttlMs, expireAt, pieces } of read) {
    if (ttlMs === null || expireAt === null) continue;
    if (now + ttlMs - expireAt.getTime() < ttlMs * REFRESH_AFTER) continue;
    const fields = { expire_at: new Date(now + ttlMs) };
    const paths = [items.pathOf(address), ...pieces.map((id) => `${items.collection}/${id}`)];
    try {
      await documents.commit(paths.map((path) => ({ op: 'update', path, fields })));
    } catch (error) {
      // Deleted or replaced since: whoever did that gave it its time.
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
}
