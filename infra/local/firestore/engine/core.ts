/** What the parts of one engine share. */
import { Clock } from './clock.ts';
import type { IndexConfig } from './index/config.ts';
import { Hub } from './listen/hub.ts';
import { Store } from './store/store.ts';
import { History } from './transaction/history.ts';
import { Transactions } from './transaction/transactions.ts';
import type { Authorizer } from './types.ts';
import { UsageCounter } from './usage.ts';
import { Committer } from './write/committer.ts';

export interface EngineOptions {
  /** SQLite file; absent: in memory. */
  readonly file?: string;
  /** Present: queries that lack an index are refused. */
  readonly indexes?: IndexConfig;
  /** Absent: everything is allowed. */
  readonly authorizer?: Authorizer;
}

export interface Core {
  readonly store: Store;
  readonly clock: Clock;
  readonly history: History;
  readonly transactions: Transactions;
  readonly usage: UsageCounter;
  readonly authorizer: Authorizer | undefined;
  readonly hub: Hub;
  readonly committer: Committer;
}

export function createCore({ file, indexes, authorizer }: EngineOptions): Core {
  const store = new Store(file, indexes);
  const newest = store.newestTime();
  const clock = new Clock(newest);
  const history = new History(newest);
  const transactions = new Transactions(history);
  const usage = new UsageCounter();
  const hub = new Hub();
  const parts = { store, clock, history, transactions, usage, authorizer, hub };
  return { ...parts, committer: new Committer(parts) };
}
