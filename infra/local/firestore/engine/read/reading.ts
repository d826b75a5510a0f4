/** At which time a request reads, and documents as of that time. */
import { fromTimestamp, toTimestamp, wallMicros } from '../clock.ts';
import type { Core } from '../core.ts';
import { invalid, StatusError } from '../status.ts';
import { locate, toDocument } from '../store/document.ts';
import type { Location, StoredDocument } from '../store/document.ts';
import type { Transaction } from '../transaction/transactions.ts';
import { transactionId } from '../transaction/transactions.ts';
import type { Caller, Consistency, RuleLookup, Timestamp } from '../types.ts';

const MAX_AGE_MICROS = 3_600_000_000; // production without point-in-time recovery: one hour

export interface ReadScope {
  readonly core: Core;
  /** Snapshot, in microseconds. */
  readonly time: number;
  readonly readTime: Timestamp;
  readonly caller: Caller;
  readonly transaction: Transaction | undefined;
  /** Set when the request began the transaction: the first response must name it. */
  readonly newTransaction: Uint8Array | undefined;
}

/** @throws StatusError INVALID_ARGUMENT, FAILED_PRECONDITION for a time too long ago */
export function openReading(
  core: Core,
  database: string,
  { transaction: id, newTransaction, readTime }: Consistency,
  caller: Caller,
): ReadScope {
  const { transactions } = core;
  let transaction: Transaction | undefined;
  let time: number;
  if (id && id.length > 0) {
    transaction = transactions.find(id, database);
    time = transaction.time ?? core.clock.readTime();
    if (transaction.time === undefined) transactions.fix(transaction, time);
  } else if (newTransaction) {
    time = pastTime(core, newTransaction.readOnly?.readTime) ?? core.clock.readTime();
    transaction = transactions.begin(database, caller, newTransaction.readOnly !== undefined, time);
  } else {
    time = pastTime(core, readTime) ?? core.clock.readTime();
  }
  return {
    core,
    time,
    readTime: toTimestamp(time),
    caller,
    transaction,
    newTransaction: newTransaction && transaction && transactionId(transaction),
  };
}

/** A time that a client chose; the recent past only. */
export function pastTime(core: Core, timestamp: Timestamp | undefined): number | undefined {
  if (!timestamp) return undefined;
  const time = fromTimestamp(timestamp);
  if (time > Math.max(core.clock.readTime(), wallMicros())) throw invalid('The read time is in the future.');
  if (time < core.history.horizon || time < wallMicros() - MAX_AGE_MICROS) {
    throw new StatusError('FAILED_PRECONDITION', 'The read time is too old: that version is no longer kept.');
  }
  return time;
}

/** As of the scope's time; not billed, not judged. */
export function documentAt({ store, history }: Core, at: Location, time: number): StoredDocument | undefined {
  const change = history.changeAfter(at.name, time);
  return change ? change.before : store.read(at);
}

/** Billed, judged, and remembered by the transaction. @throws StatusError PERMISSION_DENIED */
export function readDocument(scope: ReadScope, at: Location): StoredDocument | undefined {
  const { core, caller, time, transaction } = scope;
  const document = documentAt(core, at, time);
  core.usage.count('reads', at.segments);
  if (core.authorizer && caller.kind !== 'admin') {
    core.authorizer.get(caller, at.name, document && toDocument(document), time, ruleLookup(core, time));
  }
  transaction?.documents.add(at.name);
  return document;
}

/** What rules look up is billed. */
export function ruleLookup(core: Core, time: number): RuleLookup {
  const get: RuleLookup['get'] = (name) => {
    const at = locate(name);
    core.usage.count('reads', at.segments);
    const found = documentAt(core, at, time);
    return found && toDocument(found);
  };
  return { get, getAfter: get };
}
