import {
  isBeingRemoved,
  LongrunError,
  matchesText,
  runFromDoc,
  runsPath,
  searchToken,
  type ListRuns,
  type Run,
} from '@longrun/shared';
import * as z from 'zod/mini';
import type { DocumentQuery, Documents } from '../ports/documents.ts';

export interface RunPage {
  runs: Run[];
  next_cursor: string | null;
}

const cursorSchema = z.object({ at: z.string(), seen: z.array(z.string()) });
type Cursor = z.infer<typeof cursorSchema>;

/** How many documents a search by text may look at for one page. */
const MAX_SCAN = 1_000;

/**
 * A user's runs, newest first. The cursor names the last creation time and the runs already shown of exactly
 * that time, so none is skipped or repeated when several were created in one millisecond.
 */
export async function listRuns(documents: Documents, uid: string, filter: ListRuns): Promise<RunPage> {
  const { limit, q } = filter;
  const token = q === undefined ? null : searchToken(q);
  let cursor = filter.cursor === undefined ? null : decodeCursor(filter.cursor);
  const runs: Run[] = [];
  for (let scanned = 0; scanned < MAX_SCAN;) {
    const wanted = limit + 1 - runs.length + (cursor?.seen.length ?? 0);
    const docs = await documents.query(queryFor(uid, filter, token, cursor, wanted));
    scanned += docs.length;
    for (const doc of docs) {
      const run = runFromDoc(doc.fields);
      if (isBeingRemoved(doc.fields)) continue;
      if (cursor !== null && run.created_at === cursor.at && cursor.seen.includes(run.run_id)) continue;
      if (runs.length === limit) return { runs, next_cursor: encodeCursor(cursor) };
      cursor = advance(cursor, run);
      if (q === undefined || matchesText(run.title, q)) runs.push(run);
    }
    if (docs.length < wanted) return { runs, next_cursor: null };
  }
  return { runs, next_cursor: encodeCursor(cursor) };
}

function queryFor(
  uid: string,
  filter: ListRuns,
  token: string | null,
  cursor: Cursor | null,
  limit: number,
): DocumentQuery {
  const where: NonNullable<DocumentQuery['where']> = [];
  for (const field of ['status', 'assistant_id', 'thread_id'] as const) {
    const value = filter[field];
    if (value !== undefined) where.push({ field, op: '==', value });
  }
  if (token !== null) where.push({ field: 'search', op: 'array-contains', value: token });
  if (cursor !== null) where.push({ field: 'created_at', op: '<=', value: cursor.at });
  return { collection: runsPath(uid), where, orderBy: [{ field: 'created_at', direction: 'desc' }], limit };
}

function advance(cursor: Cursor | null, run: Run): Cursor {
  return cursor?.at === run.created_at
    ? { at: cursor.at, seen: [...cursor.seen, run.run_id] }
    : { at: run.created_at, seen: [run.run_id] };
}

function encodeCursor(cursor: Cursor | null): string | null {
  return cursor === null ? null : Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  try {
    return z.parse(cursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new LongrunError('invalid_request', 'query.cursor: is not a cursor that a list answered with.', {
      cause: String(cause).slice(0, 200),
    });
  }
}
