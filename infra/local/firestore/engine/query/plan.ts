/** How a query is answered: for each conjunction, ordered sources to intersect; or, for small groups, read and sort. */
import { UNBORN } from '../index/catalog.ts';
import { StatusError } from '../status.ts';
import { prefixKey } from '../path/path-key.ts';
import type { Group } from '../store/groups.ts';
import { numberOf } from '../store/row.ts';
import type { Store } from '../store/store.ts';
import type { Value } from '../types.ts';
import { encodeValue } from '../value/encode.ts';
import { conditionInterval, cursorInterval } from './bounds.ts';
import { chooseIndexes, describeIndex, idealIndex } from './choose-indexes.ts';
import type { Need, Required } from './choose-indexes.ts';
import type { Conjunction } from './disjuncts.ts';
import { toDisjuncts } from './disjuncts.ts';
import { EVERYTHING, intersection, startingWith } from './interval.ts';
import type { Interval } from './interval.ts';
import { scopeKey } from './match.ts';
import { NAME } from './normalized.ts';
import type { NormalizedQuery, QueryOrder } from './normalized.ts';
import type { Access } from './scan.ts';
import { requireVectorIndex } from './vector-index.ts';

/** Below this many documents, a missing index costs less than keeping one. */
const SMALL_GROUP = 500;
/** Every index makes every write dearer: beyond this many per group, unforeseen queries sort. */
const MAX_BUILT = 100;
const MAX_INDEXED_BYTES = 1500; // longer values are indexed by their beginning

export interface ScanPlan {
  readonly sources: readonly Access[];
  /** Of suffixes under `orders`. */
  readonly interval: Interval;
  readonly orders: readonly QueryOrder[];
  /** Every row is a result: documents need not be looked at. */
  readonly exact: boolean;
  /** Rows do not come in order. */
  readonly sort: boolean;
}

/** One plan per conjunction. @throws StatusError FAILED_PRECONDITION when a declared index is missing */
export function planQuery(store: Store, query: NormalizedQuery): ScanPlan[] {
  const disjuncts = toDisjuncts(query.condition);
  if (store.catalog.isDeclared && query.nearest) requireVectorIndex(store.catalog.vectors, query, disjuncts);
  if (query.collectionId === undefined) return disjuncts.flatMap((c) => planKindless(store, query, c));
  const group = store.groups.find(query.database, query.collectionId);
  if (!group) {
    if (!store.catalog.isDeclared) return [];
    const unborn = { id: UNBORN, database: query.database, collectionId: query.collectionId };
    disjuncts.forEach((c) => planConjunction(store, query, unborn, c, disjuncts.length === 1));
    return [];
  }
  return disjuncts.map((c) => planConjunction(store, query, group, c, disjuncts.length === 1));
}

/** All collections below the parent: only names can be ordered by. */
function planKindless(store: Store, query: NormalizedQuery, conjunction: Conjunction): ScanPlan[] {
  const orders = query.orders.slice(-1);
  const interval = intervalOf(query, conjunction, orders, new Map());
  return store.groups.of(query.database).map((group) => ({
    sources: [names(query, group)],
    interval,
    orders,
    exact: false,
    sort: query.orders.length > 1,
  }));
}

function names(query: NormalizedQuery, group: Group): Access {
  return {
    group: group.id,
    prefix: scopeKey(query),
    reverse: query.orders.at(-1)?.descending ?? false,
    describe: () => describeIndex([]),
  };
}

function planConjunction(
  store: Store,
  query: NormalizedQuery,
  group: Group,
  conjunction: Conjunction,
  isOnly: boolean,
): ScanPlan {
  const nameIs = conjunction.filter(({ field, op }) => field === NAME && op === '==');
  if (nameIs.length > 0) {
    const orders = query.orders.slice(-1);
    const interval = intervalOf({ ...query, start: undefined, end: undefined }, nameIs, orders, new Map());
    return { sources: [names(query, group)], interval, orders, exact: false, sort: true };
  }
  const equal = new Map<string, Value>();
  for (const { field, op, value } of conjunction)
    if (op === '==' && !equal.has(field)) equal.set(field, value);
  // With several conjunctions all must yield the same kind of suffix, so known fields stay in it.
  const known: ReadonlyMap<string, Value> = isOnly ? equal : new Map();
  const orders = query.orders.filter(({ field }) => !known.has(field));
  const isOrdered = (field: string): boolean => orders.some((order) => order.field === field);
  const required = conjunction
    .filter(({ op, field }) => op === 'array-contains' || (op === '==' && !isOrdered(field)))
    .filter((c, i, all) => c.op !== '==' || all.findIndex((d) => d.op === '==' && d.field === c.field) === i)
    .map((c): Required => ({
      path: c.path,
      field: c.field,
      value: c.value,
      contains: c.op === 'array-contains',
    }));
  const need: Need = {
    indexes: store.catalog.of(group),
    scope: query.allDescendants ? 'COLLECTION_GROUP' : 'COLLECTION',
    collection: scopeKey(query),
    required,
    orders: orders.slice(0, -1),
    aggregated: [],
    nameDescending: orders.at(-1)?.descending ?? false,
    mayReverse: !store.catalog.isDeclared,
  };
  const sources = sourcesFor(store, query, group, need);
  if (!sources) {
    const interval = startingWith(new Uint8Array(0));
    return {
      sources: [names(query, group)],
      interval,
      orders: query.orders.slice(-1),
      exact: false,
      sort: true,
    };
  }
  const interval = intervalOf(query, conjunction, orders, known);
  const exact = isExact(query, conjunction, orders, required);
  return { sources, interval, orders, exact, sort: false };
}

/** Undefined: read everything and sort. */
function sourcesFor(store: Store, query: NormalizedQuery, group: Group, need: Need): Access[] | undefined {
  const { isDeclared } = store.catalog;
  const aggregated = query.aggregated.filter(({ field }) => !isHeld(need, field));
  if (isDeclared && aggregated.length > 0 && !chooseIndexes({ ...need, aggregated }))
    throw missingIndex(query, { ...need, aggregated });
  const chosen = chooseIndexes(need);
  if (chosen) return chosen.length > 0 ? chosen : [names(query, group)];
  const ideal = idealIndex(need);
  if (isDeclared) {
    // An index that holds more than the query needs was found, which is not read here.
    if (aggregated.length > 0 || query.nearest) return undefined;
    throw missingIndex(query, need);
  }
  const row = store.db
    .prepare('SELECT count(*) AS n FROM (SELECT 1 FROM docs WHERE grp = ? LIMIT ?)')
    .get(group.id, SMALL_GROUP);
  if (numberOf(row, 'n') < SMALL_GROUP || need.indexes.composites.length >= MAX_BUILT) return undefined;
  const nameOrder = need.nameDescending ? 'DESCENDING' : 'ASCENDING';
  store.catalog.build(group, need.scope, ideal.slice(0, -1), nameOrder);
  return chooseIndexes({ ...need, indexes: store.catalog.of(group) });
}

const isHeld = ({ required, orders }: Need, name: string): boolean =>
  name === NAME ||
  orders.some(({ field }) => field === name) ||
  required.some(({ field, contains }) => field === name && !contains);

function missingIndex(query: NormalizedQuery, need: Need): StatusError {
  const [, project = ''] = query.database.split('/');
  const fields = idealIndex(need).map(({ path, mode }) => `${path} ${mode}`);
  return new StatusError(
    'FAILED_PRECONDITION',
    `The query requires an index. You can create it here: https://console.firebase.google.com/project/${project}` +
      `/firestore/indexes (${need.scope} ${need.indexes.group.collectionId}: ${fields.join(', ')})`,
  );
}

function intervalOf(
  query: NormalizedQuery,
  conjunction: Conjunction,
  orders: readonly QueryOrder[],
  known: ReadonlyMap<string, Value>,
): Interval {
  const scope = scopeKey(query);
  const [first] = orders;
  let interval = first ? conditionInterval(conjunction, first, scope) : EVERYTHING;
  const { start, end } = query;
  if (start) interval = intersection(interval, cursorInterval(start, true, query.orders, known, scope));
  if (end) interval = intersection(interval, cursorInterval(end, false, query.orders, known, scope));
  if (first?.field === NAME && !first.descending && scope.length === 0 && query.parent.length > 0) {
    interval = intersection(interval, startingWith(prefixKey(query.parent)));
  }
  return interval;
}

function isExact(
  query: NormalizedQuery,
  conjunction: Conjunction,
  orders: readonly QueryOrder[],
  required: readonly Required[],
): boolean {
  if (query.allDescendants && query.parent.length > 0) return false;
  return conjunction.every(({ op, field, value }) => {
    if (encodeValue(value).length > MAX_INDEXED_BYTES || op === '!=' || op === 'not-in') return false;
    const isFirst = orders[0]?.field === field;
    return isFirst ? op !== 'array-contains' : required.some((r) => r.field === field && r.value === value);
  });
}
