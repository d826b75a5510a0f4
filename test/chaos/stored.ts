import { setTimeout as delay } from 'node:timers/promises';
import { Firestore } from '@google-cloud/firestore';
import {
  decodeEntry,
  logEntrySchema,
  logPath,
  runFromDoc,
  runPath,
  runsPath,
  threadPath,
  type Run,
} from '@longrun/shared';
import type { Evidence } from '../../functions/src/domain/invariants.ts';
import { checkpointKey, checkpointsOf, isWritesKey } from '../../functions/src/runtime/saver/keys.ts';

/** A run as the storage holds it. */
export interface StoredRun {
  document: Run;
  log: { entry: Evidence['entries'][number]; committedAt: number }[];
  /** What the invariants are checked against. */
  evidence: Evidence;
}

const PAUSE_MS = 250;

/** Reads runs straight from the storage, past every function. Patient: the storage is being killed meanwhile. */
export class Storage {
  readonly #db: Firestore;
  readonly #stopped: AbortSignal;

  constructor(options: { address: string; project: string; stopped: AbortSignal }) {
    const [host = '127.0.0.1', port = '8080'] = options.address.split(':');
    this.#db = new Firestore({
      projectId: options.project,
      host: `${host}:${port}`,
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
    });
    this.#stopped = options.stopped;
  }

  /** Null when there is no document, whatever its log holds. */
  async run(uid: string, runId: string): Promise<StoredRun | null> {
    const doc = await this.#patiently(() => this.#db.doc(runPath(uid, runId)).get());
    const fields = doc.data();
    if (fields === undefined) return null;
    const document = runFromDoc(fields);
    const logDocs = await this.#patiently(() => this.#db.collection(logPath(uid, runId)).orderBy('n').get());
    const log = logDocs.docs.map((doc) => {
      const { first, last } = logEntrySchema.parse(doc.data());
      return { entry: { ...decodeEntry(doc.data()), first, last }, committedAt: doc.createTime.toMillis() };
    });
    const entries = log.map(({ entry }) => entry);
    const wakeAt: unknown = fields['wake_at'];
    const path = threadPath(uid, document.thread_id);
    const thread = await this.#patiently(() => this.#db.doc(path).get());
    const active: unknown = thread.get('active_run_id');
    const evidence: Evidence = {
      entries,
      document: { run: document, wakeAt: typeof wakeAt === 'string' ? wakeAt : null },
      thread: thread.exists ? { activeRunId: typeof active === 'string' ? active : null } : null,
      checkpoints: await this.#checkpoints(path, entries),
    };
    return { document, log, evidence };
  }

  /** The thread's checkpoints by their keys: those that a log reports by their ids, others by the key alone. */
  async #checkpoints(
    thread: string,
    entries: Evidence['entries'],
  ): Promise<NonNullable<Evidence['checkpoints']>> {
    const reported = new Map(
      entries
        .flatMap(({ events }) => events)
        .filter((event) => event.type === 'checkpoint')
        .map(({ checkpoint_ns: ns, checkpoint_id: id }) => [checkpointKey(ns, id), { ns, id }]),
    );
    const stored = await this.#patiently(() => this.#db.collection(checkpointsOf(thread)).select().get());
    return stored.docs
      .filter((doc) => !isWritesKey(doc.id))
      .map((doc) => ({ ...(reported.get(doc.id) ?? { ns: '', id: doc.id }), runId: null }));
  }

  async runIds(uid: string): Promise<string[]> {
    const found = await this.#patiently(() => this.#db.collection(runsPath(uid)).select().get());
    return found.docs.map((doc) => doc.id);
  }

  async close(): Promise<void> {
    await this.#db.terminate();
  }

  async #patiently<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        const unavailable = error instanceof Error && 'code' in error && Number(error.code) !== 3;
        if (!unavailable || this.#stopped.aborted) throw error;
        await delay(PAUSE_MS);
      }
    }
  }
}
