/** Runs a query against one snapshot: current indexes, corrected by what changed since. */
import { isOneSegment } from '../path/path-key.ts';
import type { StoredDocument } from '../store/document.ts';
import type { Store } from '../store/store.ts';
import type { History } from '../transaction/history.ts';
import type { Change } from '../write/change.ts';
import { locate } from '../store/document.ts';
import { compileQuery, coversPath, scopeKey } from './match.ts';
import { EVERYTHING, intersection, isEmpty } from './interval.ts';
import type { Interval } from './interval.ts';
import { cursorInterval } from './bounds.ts';
import type { NormalizedQuery, QueryOrder } from './normalized.ts';
import { planQuery } from './plan.ts';
import type { ScanPlan } from './plan.ts';
import { intersect, Scan } from './scan.ts';
import { suffixOf } from './suffix.ts';

export interface Result {
  /** Orders results; where to go on after this one. */
  readonly suffix: Buffer;
  document(): StoredDocument;
}

export interface Reading {
  readonly store: Store;
  readonly history: History;
  /** Snapshot, in microseconds. */
  readonly time: number;
}

/** In order, without offset and limit. `after`: the suffix of the last result of an earlier page. */
export function* execute(reading: Reading, query: NormalizedQuery, after?: Uint8Array): Generator<Result> {
  const plans = planQuery(reading.store, query);
  const [only] = plans;
  const orders = plans.length === 1 && only && !only.sort ? only.orders : query.orders;
  const overlay = overlayOf(reading, query, orders);
  const streams = plans.map((plan) => streamOf(reading, query, plan, orders, overlay.hidden, after));
  if (overlay.results.length > 0) streams.push(later(overlay.results, after));
  yield* merged(streams);
}

function* later(results: Iterable<Result>, after: Uint8Array | undefined): Generator<Result> {
  for (const result of results) if (!after || Buffer.compare(result.suffix, after) > 0) yield result;
}

interface Overlay {
  /** Row ids whose current state is not what the snapshot saw. */
  readonly hidden: ReadonlySet<number>;
  readonly results: readonly Result[];
}

const UNCHANGED: Overlay = { hidden: new Set(), results: [] };

function overlayOf(
  { history, time }: Reading,
  query: NormalizedQuery,
  orders: readonly QueryOrder[],
): Overlay {
  const hidden = new Set<number>();
  const states = history.changedSince(time, (change: Change) => {
    if (!coversPath(query, change.at)) return false;
    if (change.after) hidden.add(change.after.id);
    if (change.before) hidden.add(change.before.id);
    return true;
  });
  if (states.size === 0) return UNCHANGED;
  const matches = compileQuery(query);
  const inRange = cursorTest(query);
  const results = [...states.values()]
    .filter((document) => document !== undefined)
    .filter((document) => matches(document) && inRange(document))
    .map((document) => resultOf(document, orders, query));
  return { hidden, results: results.sort(bySuffix) };
}

const bySuffix = (a: Result, b: Result): number => Buffer.compare(a.suffix, b.suffix);

function resultOf(document: StoredDocument, orders: readonly QueryOrder[], query: NormalizedQuery): Result {
  return { suffix: suffixOf(document, orders, scopeKey(query)), document: () => document };
}

/** Does the document lie between the query's cursors? */
export function cursorTest(query: NormalizedQuery): (document: StoredDocument) => boolean {
  const { start, end, orders } = query;
  if (!start && !end) return () => true;
  const scope = scopeKey(query);
  let interval: Interval = EVERYTHING;
  if (start) interval = intersection(interval, cursorInterval(start, true, orders, new Map(), scope));
  if (end) interval = intersection(interval, cursorInterval(end, false, orders, new Map(), scope));
  return (document) => {
    const suffix = suffixOf(document, orders, scope);
    return (
      Buffer.compare(suffix, interval.lo) >= 0 && (!interval.hi || Buffer.compare(suffix, interval.hi) < 0)
    );
  };
}

function* streamOf(
  { store }: Reading,
  query: NormalizedQuery,
  plan: ScanPlan,
  orders: readonly QueryOrder[],
  hidden: ReadonlySet<number>,
  after: Uint8Array | undefined,
): Generator<Result> {
  const resume: Interval = after
    ? { lo: Buffer.concat([after, Buffer.from([0])]), hi: undefined }
    : EVERYTHING;
  const rescale = orders.length !== plan.orders.length || plan.sort; // suffixes of the source are not those of the results
  const interval = rescale ? plan.interval : intersection(plan.interval, resume);
  if (isEmpty(interval)) return;
  const matches = compileQuery(query);
  const inRange = plan.sort || rescale ? cursorTest(query) : () => true;
  const byName = plan.sources[0]?.group !== undefined;
  const mustBeChild = byName && !query.allDescendants;
  const lookup = (id: number): StoredDocument => {
    const document = store.readById(id);
    if (!document) throw new Error(`index entry without document (row ${String(id)})`);
    return document;
  };
  const found = function* (): Generator<Result> {
    for (const { suffix, id } of intersect(plan.sources.map((source) => new Scan(store, source, interval)))) {
      if (hidden.has(id) || (mustBeChild && !isChild(suffix, plan))) continue;
      if (plan.exact && !rescale) {
        yield { suffix, document: () => lookup(id) };
        continue;
      }
      const document = lookup(id);
      if (!coversPath(query, locate(document.name)) || !matches(document) || !inRange(document)) continue;
      yield rescale ? resultOf(document, orders, query) : { suffix, document: () => document };
    }
  };
  if (!plan.sort) yield* rescale ? later(found(), after) : found();
  else yield* later([...found()].sort(bySuffix), after);
}

function isChild(suffix: Buffer, { sources }: ScanPlan): boolean {
  return isOneSegment(sources[0]?.reverse ? suffix.map((byte) => 0xff - byte) : suffix);
}

/** Merges ordered streams; a document that several conjunctions find comes once. */
function* merged(streams: readonly Generator<Result>[]): Generator<Result> {
  const [only] = streams;
  if (only && streams.length === 1) {
    yield* only;
    return;
  }
  const heads = streams.map((stream) => stream.next().value);
  for (;;) {
    let least: Result | undefined;
    for (const head of heads) if (head && (!least || bySuffix(head, least) < 0)) least = head;
    if (!least) return;
    yield least;
    for (const [i, stream] of streams.entries()) {
      const head: Result | undefined = heads[i];
      if (head && bySuffix(head, least) === 0) heads[i] = stream.next().value;
    }
  }
}
