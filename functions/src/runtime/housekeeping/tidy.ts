import {
  encodeEntry,
  isBeingRemoved,
  isTerminal,
  logEntryPath,
  runFromDoc,
  runPath,
  RUNS,
  threadPath,
  THREADS,
  USAGE,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { compacted } from '../../domain/compact.ts';
import { TIDY_AFTER_MS, TTL_GRACE_MS } from '../../domain/limits.ts';
import {
  CommitConflict,
  type DocumentWrite,
  type Fields,
  type StoredDocument,
} from '../../ports/documents.ts';
import { log } from '../../telemetry/log.ts';
import type { RunStore } from '../runs/run-store.ts';
import { isUndone } from '../runs/removing.ts';
import { sweepExpired } from '../store/sweep-items.ts';
import { isKept, removeRun } from './remove.ts';
import { tidyThread } from './tidy-thread.ts';
import { undoRun } from './undo.ts';

const BATCH = 100;

export interface Tidied {
  compacted: number;
  removed: number;
}

/**
 * What is due on ended runs: after an hour the log is compacted; after the time that runs are kept, a run on a thread
 * that nobody named is removed with all that belongs to it, and so is a thread whose own time is over. Also ends removals that
 * were stopped in the middle.
 */
export async function tidy(store: RunStore): Promise<Tidied> {
  const done: Tidied = { compacted: 0, removed: 0 };
  for (const { path } of await due(store, THREADS)) {
    await attempt(path, () => tidyThread(store, path));
  }
  for (const found of await due(store, RUNS)) {
    await attempt(found.path, async () => {
      const [doc] = await store.documents.get([found.path]);
      const step = doc === undefined ? null : await tidyRun(store, doc);
      if (step !== null) done[step] += 1;
    });
  }
  // What expired in long-term memory and node caches, and what users used on days long ago.
  for (const group of ['store', 'cache', USAGE] as const) {
    await attempt(group, async () => void (await sweepExpired(store.documents, group, store.clock.now())));
  }
  if (done.compacted + done.removed > 0) log.info('Ended runs were tidied up.', { ...done });
  return done;
}

function due(store: RunStore, group: string): Promise<StoredDocument[]> {
  return store.documents.query({
    collection: group,
    group: true,
    where: [{ field: 'tidy_at', op: '<=', value: new Date(store.clock.now()).toISOString() }],
    orderBy: [{ field: 'tidy_at', direction: 'asc' }],
    limit: BATCH,
    select: ['tidy_at'],
  });
}

/** One run that cannot be tidied is reported and keeps no other from being. */
async function attempt(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error('Tidying up failed; it is tried again.', error, { path });
  }
}

async function tidyRun(store: RunStore, doc: StoredDocument): Promise<keyof Tidied | null> {
  const run = runFromDoc(doc.fields);
  if (!isTerminal(run.status)) return null;
  if (isBeingRemoved(doc.fields)) {
    await (isUndone(run) ? undoRun({ store }, run) : removeRun(store.documents, run));
    return 'removed';
  }
  const [thread] = await store.documents.get([threadPath(run.owner, run.thread_id)]);
  const kept = thread !== undefined && isKept(thread);
  const ended = Date.parse(run.finished_at ?? run.updated_at);
  const until = ended + store.ttlMs;
  if (!kept && until <= store.clock.now()) {
    await removeRun(store.documents, run);
    return 'removed';
  }
  const isCompacted = ended + TIDY_AFTER_MS <= store.clock.now() && (await compact(store, run));
  await plan(store, run, kept ? null : until);
  return isCompacted ? 'compacted' : null;
}

/** Notes when the run is to be looked at again; Firestore's own deletion is for what was missed then. */
async function plan(store: RunStore, run: Run, until: number | null): Promise<void> {
  const fields: Fields =
    until === null
      ? { tidy_at: null, expire_at: null }
      : { tidy_at: new Date(until).toISOString(), expire_at: new Date(until + TTL_GRACE_MS) };
  try {
    await store.documents.commit([{ op: 'update', path: runPath(run.owner, run.run_id), fields }]);
  } catch (error) {
    // Removed meanwhile.
    if (!(error instanceof CommitConflict)) throw error;
  }
}

async function compact(store: RunStore, run: Run): Promise<boolean> {
  const entries = await store.entriesAfter(run.owner, run.run_id, -1);
  const made = compacted(entries);
  try {
    for (const entry of made) await store.documents.commit(replacement(run, entry));
  } catch (error) {
    // Removed meanwhile: its entries must not come back.
    if (!(error instanceof CommitConflict)) throw error;
    return false;
  }
  return made.length > 0;
}

/** Readers see either all the small entries or the large one. */
function replacement(run: Run, entry: LogEntry): DocumentWrite[] {
  const path = (n: number) => logEntryPath(run.owner, run.run_id, n);
  const replaced: DocumentWrite[] = [];
  for (let n = entry.from ?? entry.n; n < entry.n; n += 1) replaced.push({ op: 'delete', path: path(n) });
  return [{ op: 'update', path: path(entry.n), fields: { ...encodeEntry(entry) } }, ...replaced];
}
