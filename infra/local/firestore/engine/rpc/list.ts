/** Listing what hangs below a document: its collections, and the documents of one, present or only implied. */
import type { Core } from '../core.ts';
import { segmentKey, prefixKey, segmentsOfKey } from '../path/path-key.ts';
import { formatName, parseParent } from '../path/resource-name.ts';
import { execute } from '../query/execute.ts';
import { normalizeQuery } from '../query/normalize.ts';
import { authorizeQuery } from '../read/authorize-query.ts';
import { masked } from '../read/masked.ts';
import { documentAt, openReading } from '../read/reading.ts';
import { invalid } from '../status.ts';
import { locate } from '../store/document.ts';
import { bytesOf } from '../store/row.ts';
import type * as m from '../types.ts';
import { successor } from '../value/bytes.ts';

const DEFAULT_PAGE = 300;

/** Segments that follow `prefix` in the keys of any document, in order, each once. Leaps from one to the next. */
function* childrenOf(
  { store }: Core,
  database: string,
  prefix: Buffer,
  after: string | undefined,
): Generator<string> {
  const statement = store.db.prepare('SELECT min(key) AS k FROM docs WHERE grp = ? AND key >= ? AND key < ?');
  const end = successor(prefix) ?? Buffer.from([0xff]);
  const skip = (child: string): Buffer => successor(Buffer.concat([prefix, segmentKey(child)])) ?? end;
  // The document at the prefix itself ends in 00, below every segment.
  let from = after === undefined ? Buffer.concat([prefix, Buffer.from([0x01])]) : skip(after);
  for (;;) {
    let least: Buffer | undefined;
    for (const { id } of store.groups.of(database)) {
      const row = statement.get(id, from, end);
      if (row?.['k'] === null || !row) continue;
      const key = Buffer.from(bytesOf(row, 'k'));
      if (!least || Buffer.compare(key, least) < 0) least = key;
    }
    const child = least && segmentsOfKey(least.subarray(prefix.length))[0];
    if (child === undefined) return;
    yield child;
    from = skip(child);
  }
}

export async function listCollectionIds(
  core: Core,
  { parent, pageSize = 0, pageToken }: m.ListCollectionIdsRequest,
): Promise<m.ListCollectionIdsResponse> {
  const { database, segments } = parseParent(parent);
  const children = childrenOf(core, database, prefixKey(segments), pageToken || undefined);
  const { page, next } = take(children, pageSize);
  return { collectionIds: page, ...(next !== undefined && { nextPageToken: next }) };
}

export async function listDocuments(
  core: Core,
  request: m.ListDocumentsRequest,
  caller: m.Caller,
): Promise<m.ListDocumentsResponse> {
  const { parent, collectionId = '', pageToken, mask, showMissing, orderBy = '' } = request;
  const { database, segments } = parseParent(parent);
  if (orderBy !== '' && !/^__name__( asc)?$/i.test(orderBy))
    throw invalid('Only __name__ can be ordered by here.');
  const after = pageToken || undefined;
  const from = [{ collectionId }];
  const name = (id: string): string => formatName({ database, segments: [...segments, collectionId, id] });
  const startAt =
    after === undefined ? undefined : { values: [{ referenceValue: name(after) }], before: false };
  const query = normalizeQuery(parent, { from, ...(startAt && { startAt }) });
  const scope = openReading(core, database, request, caller);
  authorizeQuery(core, caller, query, scope.time);
  const ids =
    showMissing === true
      ? childrenOf(core, database, prefixKey([...segments, collectionId]), after)
      : idsOf(execute({ ...core, time: scope.time }, query));
  const { page, next } = take(ids, request.pageSize ?? 0);
  core.usage.count('reads', [...segments, collectionId], Math.max(1, page.length));
  const documents = page.map((id): m.Document => {
    const document = documentAt(core, locate(name(id)), scope.time);
    return document ? masked(document, mask) : { name: name(id) };
  });
  return { documents, ...(next !== undefined && { nextPageToken: next }) };
}

function* idsOf(results: Iterable<{ document(): { name: string } }>): Generator<string> {
  for (const result of results) yield result.document().name.split('/').at(-1) ?? '';
}

function take(items: Iterable<string>, pageSize: number): { page: string[]; next: string | undefined } {
  if (pageSize < 0) throw invalid('pageSize must not be negative.');
  const size = pageSize > 0 ? pageSize : DEFAULT_PAGE;
  const page: string[] = [];
  for (const item of items) {
    if (page.length === size) return { page, next: page.at(-1) };
    page.push(item);
  }
  return { page, next: undefined };
}
