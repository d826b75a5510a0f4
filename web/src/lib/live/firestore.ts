import { initializeApp } from 'firebase/app';
import {
  collection,
  disableNetwork,
  doc,
  enableNetwork,
  getDocs,
  initializeFirestore,
  limit,
  memoryLocalCache,
  onSnapshot,
  orderBy,
  query,
  setLogLevel,
  startAfter,
  where,
  type Firestore,
  type Query,
  type QueryConstraint,
  type QueryDocumentSnapshot,
} from 'firebase/firestore';
import {
  decodeEntry,
  isBeingRemoved,
  isTerminal,
  logPath,
  matchesText,
  RUN_STATUSES,
  runFromDoc,
  runPath,
  runsPath,
  searchToken,
  threadsPath,
  type LogEntry,
  type Run,
  type Thread,
} from '@longrun/shared';
import type { Config } from '../config.ts';
import { localHost } from './local-host.ts';
import type { Live, RunDoc, RunFilter, RunPage } from './live.ts';

const PAGE = 50;
const OPEN_STATUSES = RUN_STATUSES.filter((status) => !isTerminal(status));
/** How long entries may be decoded before the page gets a turn. Milliseconds. */
const SLICE_MS = 12;

type Rows = QueryDocumentSnapshot[];

/** The Firestore of `config`, as user `uid`. Lives in a chunk of its own: the SDK is larger than the page. */
export async function openLive(config: Config, uid: string): Promise<Live> {
  // What goes wrong is shown on the page; the console stays empty.
  setLogLevel('silent');
  const app = initializeApp(config);
  const local = config.emulators?.firestore;
  const db = initializeFirestore(app, {
    localCache: memoryLocalCache(),
    ...(local === undefined ? {} : { host: await localHost(local), ssl: false }),
  });
  return createLive(db, uid);
}

export function createLive(db: Firestore, uid: string): Live {
  return {
    watchRun: (runId, watcher) =>
      onSnapshot(
        doc(db, runPath(uid, runId)),
        { includeMetadataChanges: true },
        own(watcher, (snapshot) => {
          const found = snapshot.data();
          const data = found === undefined || isBeingRemoved(found) ? undefined : found;
          const current = !snapshot.metadata.fromCache;
          // A missing document that only the empty cache reports is not known to be missing.
          if (data === undefined && !current) return;
          watcher.next(data === undefined ? null : docOf(data), current);
        }),
        watcher.error,
      ),

    watchLog(runId, after, watcher) {
      const log = query(collection(db, logPath(uid, runId)), orderBy('n'), where('n', '>', after));
      let stopped = false;
      let work = Promise.resolve();
      const stop = onSnapshot(
        log,
        (snapshot) => {
          const added = snapshot.docChanges().filter((change) => change.type === 'added');
          const current = !snapshot.metadata.fromCache;
          work = work
            .then(() =>
              decodeSlices(
                added.map((change) => change.doc.data()),
                (entries) => !stopped && watcher.next(entries, current),
              ),
            )
            .catch((error: unknown) => watcher.error(asError(error)));
        },
        watcher.error,
      );
      return () => {
        stopped = true;
        stop();
      };
    },

    watchRuns(filter, watcher) {
      const base = query(
        collection(db, runsPath(uid)),
        ...constraints(filter),
        orderBy('created_at', 'desc'),
      );
      return onSnapshot(
        query(base, limit(PAGE)),
        { includeMetadataChanges: true },
        own(watcher, (snapshot) =>
          watcher.next(pageOf(base, snapshot.docs, filter), !snapshot.metadata.fromCache),
        ),
        watcher.error,
      );
    },

    watchOlderActive: (before, watcher) =>
      onSnapshot(
        query(
          collection(db, runsPath(uid)),
          where('status', 'in', OPEN_STATUSES),
          where('created_at', '<=', before),
          orderBy('created_at', 'desc'),
          limit(PAGE),
        ),
        own(watcher, (snapshot) => watcher.next(runsIn(snapshot.docs), !snapshot.metadata.fromCache)),
        watcher.error,
      ),

    watchThreads: (watcher) =>
      onSnapshot(
        query(collection(db, threadsPath(uid)), orderBy('updated_at', 'desc'), limit(PAGE)),
        own(watcher, (snapshot) =>
          watcher.next(
            snapshot.docs.map((row) => row.data() as Thread),
            !snapshot.metadata.fromCache,
          ),
        ),
        watcher.error,
      ),

    async reconnect() {
      await disableNetwork(db);
      await enableNetwork(db);
    },
  };
}

/** What is thrown while a watcher is told something goes to that watcher: in the SDK it would end every other one. */
function own<T>(watcher: { error(error: Error): void }, told: (snapshot: T) => void): (snapshot: T) => void {
  return (snapshot) => {
    try {
      told(snapshot);
    } catch (error) {
      watcher.error(asError(error));
    }
  };
}

function docOf(data: { [field: string]: unknown }): RunDoc {
  const { retried_by: by } = data;
  return { run: runFromDoc(data), retriedBy: typeof by === 'string' ? by : null };
}

/** One condition narrows the index; the others are decided here, so that no combination needs an index. */
function constraints(filter: RunFilter): QueryConstraint[] {
  const token = filter.q === undefined ? null : searchToken(filter.q);
  if (filter.thread_id !== undefined) return [where('thread_id', '==', filter.thread_id)];
  if (token !== null) return [where('search', 'array-contains', token)];
  if (filter.status !== undefined) return [where('status', '==', filter.status)];
  if (filter.assistant_id !== undefined) return [where('assistant_id', '==', filter.assistant_id)];
  return [];
}

function runsIn(rows: Rows): Run[] {
  const all = rows.map((row) => row.data());
  return all.filter((data) => !isBeingRemoved(data)).map(runFromDoc);
}

function pageOf(base: Query, rows: Rows, filter: RunFilter): RunPage {
  const last = rows.at(-1);
  const runs = runsIn(rows).filter((run) => matches(run, filter));
  if (last === undefined || rows.length < PAGE) return { runs, more: null };
  return {
    runs,
    more: async () => {
      const next = await getDocs(query(base, startAfter(last), limit(PAGE)));
      return pageOf(base, next.docs, filter);
    },
  };
}

function matches(run: Run, filter: RunFilter): boolean {
  return (
    (filter.status === undefined || run.status === filter.status) &&
    (filter.assistant_id === undefined || run.assistant_id === filter.assistant_id) &&
    (filter.thread_id === undefined || run.thread_id === filter.thread_id) &&
    (filter.q === undefined || matchesText(run.title, filter.q))
  );
}

async function decodeSlices(docs: unknown[], next: (entries: LogEntry[]) => void): Promise<void> {
  let entries: LogEntry[] = [];
  let since = performance.now();
  for (const data of docs) {
    entries.push(decodeEntry(data));
    if (performance.now() - since < SLICE_MS) continue;
    next(entries);
    entries = [];
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  if (entries.length > 0) next(entries);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
