import {
  CommitConflict,
  type DocumentWrite,
  type Documents,
  type StoredDocument,
} from '../../ports/documents.ts';

/**
 * Deletes what expired by `now` from the stores, caches or daily usage of all users, at most `limit` documents. No reader needs
 * it, for what is expired is never returned: it frees the space where the database has no TTL of its own. Needs
 * the index of the field `expire_at` for the collection group. Returns how many documents were deleted.
 */
export async function sweepExpired(
  documents: Documents,
  group: 'store' | 'cache' | 'usage',
  now: number,
  limit = 200,
): Promise<number> {
  const due = await documents.query({
    collection: group,
    group: true,
    where: [{ field: 'expire_at', op: '<=', value: new Date(now) }],
    orderBy: [{ field: 'expire_at', direction: 'asc' }],
    limit,
    select: ['expire_at'],
  });
  if (await tryCommit(documents, due.map(removal))) return due.length;
  let deleted = 0;
  for (const document of due) if (await tryCommit(documents, [removal(document)])) deleted += 1;
  return deleted;
}

/** Refused when the document was written since it was found: it has a new end. */
function removal({ path, version }: StoredDocument): DocumentWrite {
  return { op: 'delete', path, version };
}

async function tryCommit(documents: Documents, writes: DocumentWrite[]): Promise<boolean> {
  try {
    await documents.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}
