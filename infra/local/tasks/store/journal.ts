/**
 * Group commit: writes that arrive in one turn of the event loop share one transaction and one fsync. `durable` resolves
 * when that transaction is on disk; `eventually` is for bookkeeping that may be lost in a crash without breaking a promise.
 */
import type { DatabaseSync } from 'node:sqlite';

const LAZY_MS = 20;

type Write = () => void;
interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

export class Journal {
  readonly #db: DatabaseSync;
  readonly #onCommit: () => void;
  #writes: Write[] = [];
  #waiters: Waiter[] = [];
  #soon: NodeJS.Immediate | undefined;
  #lazy: NodeJS.Timeout | undefined;
  #closed = false;

  /** `onCommit` comes before anybody is told. */
  constructor(db: DatabaseSync, onCommit: () => void) {
    this.#db = db;
    this.#onCommit = onCommit;
  }

  /** Rejects when the transaction failed; then none of its writes happened. */
  durable(write: Write): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the server is closed'));
    this.#writes.push(write);
    this.#soon ??= setImmediate(() => this.flush());
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  eventually(write: Write): void {
    if (this.#closed) return;
    this.#writes.push(write);
    this.#lazy ??= setTimeout(() => this.flush(), LAZY_MS);
  }

  /** Commits what is waiting and takes no more. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  /** Commits what is waiting, now. */
  flush(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#lazy);
    this.#soon = this.#lazy = undefined;
    const writes = this.#writes;
    const waiters = this.#waiters;
    this.#writes = [];
    this.#waiters = [];
    if (writes.length === 0) return;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const write of writes) write();
      this.#db.exec('COMMIT');
      this.#onCommit();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      if (waiters.length === 0) console.error('Cloud Tasks: bookkeeping was not stored:', error);
      for (const waiter of waiters) waiter.reject(error);
      return;
    }
    for (const waiter of waiters) waiter.resolve();
  }
}
