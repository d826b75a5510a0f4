import { setTimeout as delay } from 'node:timers/promises';
import { Firestore } from '@google-cloud/firestore';
import {
  decodeEntry,
  logPath,
  runFromDoc,
  runPath,
  runsPath,
  type LogEntry,
  type Run,
} from '@longrun/shared';

/** A run as the storage holds it. */
export interface StoredRun {
  document: Run;
  log: { entry: LogEntry; committedAt: number }[];
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
    const log = await this.#patiently(() => this.#db.collection(logPath(uid, runId)).orderBy('n').get());
    return {
      document: runFromDoc(fields),
      log: log.docs.map((entry) => ({
        entry: decodeEntry(entry.data()),
        committedAt: entry.createTime.toMillis(),
      })),
    };
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
