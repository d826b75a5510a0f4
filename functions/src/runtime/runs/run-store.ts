import { randomUUID } from 'node:crypto';
import {
  decodeEntry,
  encodeEntry,
  foldEntry,
  inboxPath,
  isBeingRemoved,
  isCommand,
  isTerminal,
  isTerminalEvent,
  LongrunError,
  logEntryPath,
  logPath,
  newerFormat,
  runFromDoc,
  runPath,
  runToDoc,
  threadPath,
  turnPath,
  wellFormed,
  type Json,
  type LogEntry,
  type NewEvent,
  type Run,
  type RunEvent,
} from '@longrun/shared';
import { TIDY_AFTER_MS } from '../../domain/limits.ts';
import { wakeAt } from '../../domain/wake.ts';
import type { Clock } from '../../ports/clock.ts';
import { NOT_WAITING, shareOf, type Share } from '../../quotas/share-fields.ts';
import { charge } from '../../quotas/usage.ts';
import { tell } from '../../telemetry/tell.ts';
import { CommitConflict, type Documents, type DocumentWrite, type Fields } from '../../ports/documents.ts';
import { isUndone, REMOVING } from './removing.ts';
import { announcements } from '../../webhooks/announce.ts';

/** A run as it is stored: the fold up to the head of its log. */
export interface LoadedRun {
  run: Run;
  /** When the newest entry that the document does not know yet was made, milliseconds since 1970; 0 without one. */
  lastEntryAt: number;
  /** Of the document. */
  version: string;
  /** A newer version of Longrun wrote some of it: it may be shown, and nothing may be written. */
  newer: boolean;
  /** Gone for readers. */
  removing: boolean;
  share: Share;
}

export interface RunStoreOptions {
  documents: Documents;
  clock: Clock;
  /** How long an ended run is kept on a thread that nobody named. Milliseconds. */
  ttlMs: number;
}

export const NEWER =
  'A newer version of Longrun has this run, and this one must not write to it; try again in a moment.';

/** Before a commit is made again whose documents others kept busy; the storage's client has waited already. Milliseconds. */
const BUSY_MS = 100;

/** How often an append may lose against others before something must be wrong. */
const MAX_RACES = 50;

/** A document that others keep busy, as a thread or a user's usage, is tried again so often, each time after twice as long. */
const MAX_CONTENDED = 5;
const CONTENDED_MS = 50;

/** Nothing in the commit demands that a document is as it was, so it was refused for its timing only. */
function isContention(error: unknown, writes: DocumentWrite[]): boolean {
  const versioned = writes.some((write) => 'version' in write && write.version !== undefined);
  return error instanceof CommitConflict && error.reason === 'changed' && !versioned;
}

/** Reads and writes runs: one log each, and the document that is its fold. */
export class RunStore {
  readonly documents: Documents;
  readonly clock: Clock;
  /** How long an ended run is kept on a thread that nobody named. Milliseconds. */
  readonly ttlMs: number;

  constructor(options: RunStoreOptions) {
    this.documents = options.documents;
    this.clock = options.clock;
    this.ttlMs = options.ttlMs;
  }

  /** The document and what the log holds beyond it. Undefined when there is no such run, or it is being removed. */
  async load(uid: string, runId: string): Promise<LoadedRun | undefined> {
    const loaded = await this.loadEvenRemoved(uid, runId);
    return loaded?.removing === true ? undefined : loaded;
  }

  /** Also of a run that is being removed, which has ended. */
  async loadEvenRemoved(uid: string, runId: string): Promise<LoadedRun | undefined> {
    const [doc] = await this.documents.get([runPath(uid, runId)]);
    if (doc === undefined) return undefined;
    const stored = runFromDoc(doc.fields);
    // The entry that ends a run is its last, and is written together with the document.
    const tail = isTerminal(stored.status) ? [] : await this.entriesAfter(uid, runId, stored.head.entry);
    const run = tail.reduce(foldEntry, stored);
    return {
      run,
      version: doc.version,
      removing: isBeingRemoved(doc.fields),
      newer: newerFormat(doc.fields) !== undefined || tail.some((entry) => entry.newerFormat !== undefined),
      lastEntryAt: tail.at(-1)?.events.at(-1)?.at ?? 0,
      share: shareOf(doc.fields),
    };
  }

  /** Throws `not_found` when the user has no such run. */
  async require(uid: string, runId: string): Promise<LoadedRun> {
    const loaded = await this.load(uid, runId);
    if (loaded === undefined) throw new LongrunError('not_found', `There is no run ${runId}.`);
    return loaded;
  }

  /** The log entries after entry `n` (-1 for all), in order. */
  async entriesAfter(uid: string, runId: string, n: number): Promise<LogEntry[]> {
    const docs = await this.documents.query({
      collection: logPath(uid, runId),
      where: [{ field: 'n', op: '>', value: n }],
      orderBy: [{ field: 'n', direction: 'asc' }],
    });
    return docs.map((doc) => decodeEntry(doc.fields));
  }

  /**
   * Appends what `decide` finds right for the run as it is, from outside of a worker. A lost race is decided
   * anew, and a commit that the storage could not make is made again. Returns the run after the append, or as it was when
   * `decide` had nothing to add. Throws `unavailable` for the run of a newer version.
   */
  async append(
    uid: string,
    runId: string,
    writer: string,
    decide: (loaded: LoadedRun) => NewEvent[] | null,
  ): Promise<{ run: Run; appended: boolean }> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      // The answer to the commit that undid it may have been lost.
      const loaded = (await this.loadEvenRemoved(uid, runId)) ?? (await this.require(uid, runId));
      const events = decide(loaded);
      if (events === null) return { run: loaded.run, appended: false };
      if (loaded.newer) throw new LongrunError('unavailable', NEWER);
      const { entry, run, writes } = this.following(loaded.run, events, writer);
      if (!(await this.#appended(entry, run, writes))) continue;
      tell(loaded.run, run, entry);
      return { run, appended: true };
    }
    throw new LongrunError('unavailable', 'The run is changing too quickly; try again.');
  }

  /** The entry with these events, the run after it, and what is written together with it. */
  following(before: Run, events: NewEvent[], writer: string) {
    const entry = nextEntry(before, events, writer);
    const run = foldEntry(before, entry);
    return { entry, run, writes: [this.documentWrite(run), ...this.sideWrites(run, entry)] };
  }

  /** A run that was removed meanwhile, or documents that others kept busy, are a lost race like any other. */
  async #appended(entry: LogEntry, run: Run, writes: DocumentWrite[]): Promise<boolean> {
    try {
      return (await this.tryAppend(entry, run, writes)) === 'appended';
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
      if (error.reason === 'busy') await new Promise<void>((resolve) => this.clock.after(BUSY_MS, resolve));
      return false;
    }
  }

  /**
   * One atomic batch with entry n. `collided`: someone else's entry n is there. An entry of ours that is there
   * already is a commit whose answer was lost, and counts as appended.
   */
  async tryAppend(
    entry: LogEntry,
    run: Run,
    writes: DocumentWrite[],
    tries = 0,
  ): Promise<'appended' | 'collided'> {
    const path = logEntryPath(run.owner, run.run_id, entry.n);
    try {
      await this.documents.commit([entryWrite(run, entry), ...writes]);
      return 'appended';
    } catch (error) {
      if (error instanceof CommitConflict && error.reason === 'missing') {
        const left = await this.#withoutThread(run, writes);
        if (left !== null) return await this.tryAppend(entry, run, left);
      }
      if (tries < MAX_CONTENDED && isContention(error, writes)) {
        await new Promise<void>((resolve) => this.clock.after(CONTENDED_MS * 2 ** tries, resolve));
        return await this.tryAppend(entry, run, writes, tries + 1);
      }
      if (!(error instanceof CommitConflict) || error.reason !== 'exists') throw error;
      const [there] = await this.documents.get([path]);
      return there?.fields['nonce'] === entry.nonce ? 'appended' : 'collided';
    }
  }

  /** A run ends even if someone removed its thread below it. Null when that is not what is missing. */
  async #withoutThread(run: Run, writes: DocumentWrite[]): Promise<DocumentWrite[] | null> {
    const path = threadPath(run.owner, run.thread_id);
    if (!writes.some((write) => write.path === path)) return null;
    const [document, thread] = await this.documents.get([runPath(run.owner, run.run_id), path]);
    if (document === undefined || thread !== undefined) return null;
    return writes.filter((write) => write.path !== path);
  }

  /**
   * Brings the document up to the fold and renews the lease without an append. Fenced by the document's
   * version: a worker that lost the run changes nothing. Throws CommitConflict when the run was removed.
   */
  async refreshDocument(run: Run): Promise<void> {
    const path = runPath(run.owner, run.run_id);
    const [doc] = await this.documents.get([path]);
    if (doc === undefined) throw new CommitConflict('missing');
    if (runFromDoc(doc.fields).head.entry > run.head.entry) return;
    const { fields } = this.documentWrite(run);
    try {
      await this.documents.commit([{ op: 'update', path, fields, version: doc.version }]);
    } catch (error) {
      // Whoever changed it meanwhile wrote something newer.
      if (!(error instanceof CommitConflict)) throw error;
    }
  }

  /** The run document as the fold says, with its due times. A document that was removed does not come back. */
  documentWrite(run: Run): { op: 'update'; path: string; fields: Fields } {
    const now = this.clock.now();
    const due = wakeAt(run, now);
    const fields: Fields = {
      ...runToDoc(run),
      ...NOT_WAITING,
      wake_at: due === null ? null : new Date(due).toISOString(),
      tidy_at: isTerminal(run.status)
        ? new Date(now + Math.min(TIDY_AFTER_MS, this.ttlMs)).toISOString()
        : null,
      ...(isUndone(run) ? REMOVING : {}),
    };
    return { op: 'update', path: runPath(run.owner, run.run_id), fields };
  }

  /**
   * Changes nothing, and refuses the commit of which it is a part when the run was removed: what lies below a run is
   * written together with this, or with the document itself.
   */
  demand({ owner, run_id }: Run): DocumentWrite {
    return { op: 'update', path: runPath(owner, run_id), fields: { run_id } };
  }

  /** Tells the worker of a command and, later, the run's webhook of the end, and frees the thread then. */
  sideWrites(run: Run, entry: LogEntry): DocumentWrite[] {
    const writes: DocumentWrite[] = [];
    if (entry.events.some((event) => isCommand(event) || (isTerminalEvent(event) && run.cancel_requested))) {
      writes.push({ op: 'set', path: inboxPath(run.owner, run.run_id), fields: { entry: entry.n } });
    }
    writes.push(...announcements(run, entry), ...charge(run, entry), ...lookups(run, entry));
    const changed = threadFields(run, entry.events);
    // A run that waits for its turn does not hold the thread.
    if (changed !== null && !run.queued) {
      writes.push({ op: 'update', path: threadPath(run.owner, run.thread_id), fields: changed });
    }
    return writes;
  }
}

/** Refused when somebody else's entry of that number is there. */
export function entryWrite({ owner, run_id }: Run, entry: LogEntry): DocumentWrite {
  return { op: 'create', path: logEntryPath(owner, run_id, entry.n), fields: { ...encodeEntry(entry) } };
}

/** Numbers new events and puts them, well formed, into the entry that follows the run's head. */
export function nextEntry(run: Run, events: NewEvent[], writer: string): LogEntry {
  const numbered = events.map((event, i): RunEvent => ({
    ...(wellFormed(event as Json) as NewEvent),
    seq: run.head.seq + 1 + i,
  }));
  return { n: run.head.entry + 1, writer, nonce: randomUUID(), events: numbered };
}

/** By which a turn is found by its own id. */
function lookups({ owner, run_id }: Run, { events }: LogEntry): DocumentWrite[] {
  return events.flatMap((event): DocumentWrite[] =>
    event.type === 'interrupt.answered' && event.turn !== undefined
      ? [{ op: 'create', path: turnPath(owner, event.turn.run_id), fields: { run_id } }]
      : [],
  );
}

function threadFields(run: Run, events: RunEvent[]): Fields | null {
  const last = events.findLast(
    (event) =>
      isTerminalEvent(event) || event.type === 'interrupt.opened' || event.type === 'interrupt.answered',
  );
  if (last === undefined) return null;
  const updated_at = new Date(last.at).toISOString();
  if (last.type === 'interrupt.answered') {
    return { status: run.status === 'interrupted' ? 'interrupted' : 'busy', updated_at };
  }
  if (last.type === 'interrupt.opened') return { status: 'interrupted', updated_at };
  if (isUndone(run)) return { status: 'busy', updated_at };
  return { status: last.type === 'run.failed' ? 'error' : 'idle', active_run_id: null, updated_at };
}
