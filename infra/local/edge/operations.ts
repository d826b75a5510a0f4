import { DatabaseSync } from 'node:sqlite';

const MAX_OPERATIONS = 1_000; // the oldest are forgotten, as Google forgets them after some weeks

/** Compute Engine's form of something that takes a while. */
export interface Operation {
  kind: 'compute#operation';
  id: string;
  name: string;
  operationType: 'invalidateCache';
  targetLink: string;
  selfLink: string;
  status: 'RUNNING' | 'DONE';
  progress: number;
  insertTime: string;
  startTime: string;
  endTime?: string;
}

/** What was asked of the cache and how far it is; in a file it outlives the server. */
export class Operations {
  readonly #db: DatabaseSync;

  /** @param file SQLite; absent: memory. @throws when it cannot be opened */
  constructor(file: string | undefined, now: () => string) {
    this.#db = new DatabaseSync(file ?? ':memory:');
    this.#db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000;
      CREATE TABLE IF NOT EXISTS operations (seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, doc TEXT NOT NULL)`);
    // The cache died with the server that was emptying it: what was under way is done.
    for (const { key, doc } of this.#db.prepare('SELECT key, doc FROM operations').all()) {
      const operation = parse(doc);
      if (operation.status === 'RUNNING') this.put(String(key), done(operation, now()));
    }
  }

  /** `key`: project and name. */
  put(key: string, operation: Operation): void {
    this.#db
      .prepare(
        'INSERT INTO operations (key, doc) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc',
      )
      .run(key, JSON.stringify(operation));
    const last = 'SELECT seq FROM operations ORDER BY seq DESC LIMIT 1 OFFSET ?';
    this.#db.prepare(`DELETE FROM operations WHERE seq <= (${last})`).run(MAX_OPERATIONS);
  }

  get(key: string): Operation | undefined {
    const row = this.#db.prepare('SELECT doc FROM operations WHERE key = ?').get(key);
    return row && parse(row['doc']);
  }

  close(): void {
    this.#db.close();
  }
}

export const done = (operation: Operation, endTime: string): Operation => ({
  ...operation,
  status: 'DONE',
  progress: 100,
  endTime,
});

/** Only `put` writes this column, so its shape is known. */
const parse = (doc: unknown): Operation => JSON.parse(String(doc)) as Operation;
