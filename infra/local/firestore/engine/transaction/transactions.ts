/**
 * Open transactions. Optimistic: reads see one snapshot; at commit nothing that was read may have changed. Production
 * takes locks instead; clients cannot tell, except that the loser learns of the conflict later.
 */
import { randomBytes } from 'node:crypto';
import { invalid, StatusError } from '../status.ts';
import type { Caller } from '../types.ts';
import type { Change } from '../write/change.ts';
import type { History } from './history.ts';

const MAX_AGE_MS = 270_000; // production's limit
const MAX_OPEN = 10_000;

export interface Transaction {
  readonly id: string;
  readonly database: string;
  readonly caller: Caller;
  readonly readOnly: boolean;
  /** The snapshot, in microseconds; set by the first read. */
  time: number | undefined;
  readonly documents: Set<string>;
  /** Would this change have altered the result of a query that was read? */
  readonly queries: ((change: Change) => boolean)[];
  readonly deadline: number;
}

export class Transactions {
  readonly #history: History;
  readonly #open = new Map<string, Transaction>();

  constructor(history: History) {
    this.#history = history;
  }

  begin(database: string, caller: Caller, readOnly: boolean, time: number | undefined): Transaction {
    this.#expire();
    if (this.#open.size >= MAX_OPEN)
      throw new StatusError('RESOURCE_EXHAUSTED', 'Too many open transactions.');
    const transaction: Transaction = {
      id: randomBytes(16).toString('base64url'),
      database,
      caller,
      readOnly,
      time: undefined,
      documents: new Set(),
      queries: [],
      deadline: Date.now() + MAX_AGE_MS,
    };
    this.#open.set(transaction.id, transaction);
    if (time !== undefined) this.fix(transaction, time);
    return transaction;
  }

  /** Everything that the transaction reads from now on is as of `time`. */
  fix(transaction: Transaction, time: number): void {
    transaction.time = time;
    this.#history.pin(transaction, time);
  }

  /** @throws StatusError INVALID_ARGUMENT for an id that is unknown, expired, finished or of another database */
  find(id: Uint8Array, database: string): Transaction {
    this.#expire();
    const found = this.#open.get(Buffer.from(id).toString());
    if (!found || found.database !== database) {
      throw invalid('The referenced transaction has expired or is no longer valid.');
    }
    return found;
  }

  finish(transaction: Transaction): void {
    this.#open.delete(transaction.id);
    this.#history.unpin(transaction);
  }

  /** @throws StatusError ABORTED when something that it read has changed */
  verify(transaction: Transaction): void {
    const { time, documents, queries } = transaction;
    if (time === undefined || transaction.readOnly) return;
    if (time < this.#history.horizon) throw aborted();
    for (const name of documents) if (this.#history.changeAfter(name, time)) throw aborted();
    if (queries.length === 0) return;
    const hit = this.#history.changedSince(time, (change) => queries.some((affects) => affects(change)));
    if (hit.size > 0) throw aborted();
  }

  #expire(): void {
    const now = Date.now();
    for (const transaction of this.#open.values()) {
      if (transaction.deadline > now) return; // ordered by age
      this.finish(transaction);
    }
  }
}

export const transactionId = (transaction: Transaction): Buffer => Buffer.from(transaction.id);

const aborted = (): StatusError =>
  new StatusError(
    'ABORTED',
    'Transaction lock timeout or conflict: data that it read has changed. Please retry.',
  );
