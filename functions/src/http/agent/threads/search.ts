import { isBeingRemoved, LongrunError, threadPath, threadsPath, type JsonObject } from '@longrun/shared';
import { jsonContains } from '../../../lib/json-contains.ts';
import { documentId, type StoredDocument } from '../../../ports/documents.ts';
import type { Services } from '../../services.ts';
import type { Access } from '../access/access.ts';
import { extracted } from './extract.ts';
import { presented, type ThreadObject } from './present.ts';
import { SORTS, type SearchThreads, type ThreadFilter } from './schemas.ts';
import { withQueue, type StoredThread } from './stored-thread.ts';

/** No index answers what is asked of metadata, so threads are looked at one by one: this many, and with their state fewer. */
const MAX_SCANNED = 10_000;
const MAX_STATES = 1_000;
const PAGE = 300;
/** Threads whose state is read at the same time. */
const AT_ONCE = 10;
/** All that a thread's document has of what is shown. */
const SELECT = [
  'thread_id',
  'created_at',
  'updated_at',
  'state_updated_at',
  'status',
  'metadata',
  'config',
  'title',
  'active_run_id',
  'assistant_id',
  'removing',
  'queue',
];

export interface FoundThreads {
  threads: ThreadObject[];
  /** Where the next page begins; null when there is none. */
  next: number | null;
  /** Of all that were found, when all had to be looked at. */
  total: number | null;
}

/** Throws `limit_exceeded` when more threads would have to be looked at than one request may. */
export async function searchThreads(
  services: Services,
  uid: string,
  search: SearchThreads,
  access: Access,
): Promise<FoundThreads> {
  const { offset, limit, select, extract, ids, sort_by: by, sort_order: order, ...filter } = search;
  const sort = by ?? 'created_at';
  const descending = order !== 'asc';
  const inOrder = (sort === 'created_at' || sort === 'thread_id') && !ids;
  const source = ids
    ? named(services, uid, ids)
    : scanned(services, uid, inOrder ? sort : 'created_at', descending);
  const found: StoredThread[] = [];
  let complete = true;
  for await (const thread of matching(services, uid, source, { ...filter, access })) {
    found.push(thread);
    // One more than is wanted says that there is more.
    if (!inOrder || found.length <= offset + limit) continue;
    complete = false;
    break;
  }
  const sorted = inOrder ? found : found.toSorted(comparing(sort, descending));
  const page = sorted.slice(offset, offset + limit);
  return {
    threads: await eachOf(page, (thread) => shown(services, uid, thread, { select, extract })),
    next: sorted.length > offset + limit ? offset + limit : null,
    total: complete ? found.length : null,
  };
}

export async function countThreads(
  services: Services,
  uid: string,
  filter: ThreadFilter,
  access: Access,
): Promise<number> {
  let count = 0;
  const all = scanned(services, uid, 'created_at', true);
  for await (const _ of matching(services, uid, all, { ...filter, access })) count += 1;
  return count;
}

async function* named(
  { store }: Services,
  uid: string,
  ids: readonly string[],
): AsyncGenerator<StoredThread> {
  const paths = [...new Set(ids)].map((id) => threadPath(uid, id));
  for (const doc of paths.length === 0 ? [] : await store.documents.get(paths)) {
    if (doc !== undefined && !isBeingRemoved(doc.fields)) yield await withQueue(store.documents, uid, doc);
  }
}

async function* scanned(
  { store }: Services,
  uid: string,
  sort: 'created_at' | 'thread_id',
  descending: boolean,
): AsyncGenerator<StoredThread> {
  let after: StoredDocument | undefined;
  for (let seen = 0; ; seen += PAGE) {
    if (seen >= MAX_SCANNED) throw tooMany(MAX_SCANNED);
    const found: StoredDocument[] = await store.documents.query({
      collection: threadsPath(uid),
      orderBy: [
        { field: sort, direction: descending ? 'desc' : 'asc' },
        { field: '__name__', direction: descending ? 'desc' : 'asc' },
      ],
      ...(after === undefined ? {} : { startAfter: [after.fields[sort] ?? null, documentId(after)] }),
      limit: PAGE,
      select: SELECT,
    });
    for (const doc of found) {
      if (!isBeingRemoved(doc.fields)) yield await withQueue(store.documents, uid, doc);
    }
    after = found.at(-1);
    if (found.length < PAGE) return;
  }
}

async function* matching(
  services: Services,
  uid: string,
  threads: AsyncIterable<StoredThread>,
  { metadata, status, values, access }: ThreadFilter & { access: Access },
): AsyncGenerator<StoredThread> {
  let read = 0;
  for await (const thread of threads) {
    if (status && thread.status !== status) continue;
    if (metadata && !jsonContains(thread.metadata, metadata)) continue;
    if (!access.allows('threads', thread.metadata)) continue;
    if (values) {
      read += 1;
      if (read > MAX_STATES) throw tooMany(MAX_STATES);
      const { values: held } = await presented(services, uid, thread);
      if (!jsonContains(held, values)) continue;
    }
    yield thread;
  }
}

async function shown(
  services: Services,
  uid: string,
  thread: StoredThread,
  { select, extract }: Pick<SearchThreads, 'select' | 'extract'>,
): Promise<ThreadObject> {
  const state =
    !select || extract || select.some((field) => ['values', 'interrupts', 'error'].includes(field));
  const whole: JsonObject = await presented(services, uid, thread, { state: Boolean(state) });
  const narrow = select
    ? Object.fromEntries(Object.entries(whole).filter(([field]) => select.some((name) => name === field)))
    : whole;
  return extract ? { ...narrow, extracted: extracted(whole, extract) } : narrow;
}

function comparing(sort: (typeof SORTS)[number], descending: boolean) {
  const sign = descending ? -1 : 1;
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a: StoredThread, b: StoredThread) =>
    sign * (compare(a[sort], b[sort]) || compare(a.thread_id, b.thread_id));
}

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return done;
}

function tooMany(limit: number): LongrunError {
  return new LongrunError(
    'limit_exceeded',
    `More than ${limit} threads would have to be looked at. Narrow the search by ids, status or metadata, or ask for an earlier page by created_at.`,
  );
}
