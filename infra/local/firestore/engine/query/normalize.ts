/** Validates a StructuredQuery as production does and makes its implicit parts explicit. */
import { parseFieldPath } from '../path/field-path.ts';
import { checkSegment, parseParent } from '../path/resource-name.ts';
import { invalid } from '../status.ts';
import type { Cursor, StructuredQuery } from '../types.ts';
import { checkValue } from '../value/validate.ts';
import { fieldRef, isInequality, leaves, NAME } from './normalized.ts';
import type { Condition, NormalizedQuery, QueryCursor, QueryOrder } from './normalized.ts';
import { parseFilter } from './parse-filter.ts';

const MAX_ORDERS = 100;
const MAX_INEQUALITY_FIELDS = 10;

/** @throws StatusError INVALID_ARGUMENT */
export function normalizeQuery(
  parentName: string | undefined,
  query: StructuredQuery | undefined,
  aggregated: NormalizedQuery['aggregated'] = [],
): NormalizedQuery {
  if (!query) throw invalid('A query is missing.');
  const { database, segments: parent } = parseParent(parentName);
  const { collectionId, allDescendants } = parseFrom(query);
  const condition = query.where && parseFilter(query.where);
  checkCombination(condition);
  const orders = allOrders(query, condition);
  const offset = query.offset ?? 0;
  const limit = query.limit ? (query.limit.value ?? 0) : undefined;
  if (offset < 0) throw invalid('offset must be non-negative.');
  if (limit !== undefined && limit < 0) throw invalid('limit must be non-negative.');
  return {
    database,
    parent,
    collectionId,
    allDescendants,
    condition,
    orders,
    start: query.startAt && parseCursor(query.startAt, orders, true),
    end: query.endAt && parseCursor(query.endAt, orders, false),
    offset,
    limit,
    select: query.select && parseSelect(query.select.fields ?? []),
    nearest: query.findNearest,
    aggregated,
    structured: {
      ...query,
      orderBy: orders.map(({ field, descending }) => ({
        field: { fieldPath: field },
        direction: descending ? 'DESCENDING' : 'ASCENDING',
      })),
    },
  };
}

function parseFrom({ from = [] }: StructuredQuery): {
  collectionId: string | undefined;
  allDescendants: boolean;
} {
  const [selector] = from;
  if (!selector || from.length > 1) throw invalid('A query must be over exactly one collection or group.');
  const { collectionId = '', allDescendants = false } = selector;
  if (collectionId === '') {
    if (!allDescendants) throw invalid('A query without a collection id must be over all descendants.');
    return { collectionId: undefined, allDescendants };
  }
  if (collectionId.includes('/')) throw invalid(`Invalid collection id "${collectionId}".`);
  checkSegment(collectionId, collectionId);
  return { collectionId, allDescendants };
}

function parseSelect(fields: readonly { fieldPath?: string }[]): string[][] {
  return fields.map(({ fieldPath }) => parseFieldPath(fieldPath)).filter((path) => path[0] !== NAME);
}

function allOrders({ orderBy = [] }: StructuredQuery, condition: Condition | undefined): QueryOrder[] {
  if (orderBy.length > MAX_ORDERS) throw invalid('A query has too many orders.');
  const orders = orderBy.map(({ field, direction }): QueryOrder => {
    return { ...fieldRef(parseFieldPath(field?.fieldPath)), descending: direction === 'DESCENDING' };
  });
  const named = new Set(orders.map(({ field }) => field));
  if (named.size < orders.length) throw invalid('A field may be ordered by only once.');
  const unequal = new Map(
    [...leaves(condition)].filter(({ op }) => isInequality(op)).map(({ field, path }) => [field, path]),
  );
  const name = orders.findIndex(({ field }) => field === NAME);
  if (name >= 0) {
    const isLast = name === orders.length - 1;
    if (!isLast || [...unequal.keys()].some((field) => !named.has(field)))
      throw invalid('order by clause cannot contain more fields after the key');
    return orders;
  }
  const descending = orders.at(-1)?.descending ?? false;
  if (unequal.size > MAX_INEQUALITY_FIELDS) {
    throw invalid(`A query may have inequalities on at most ${String(MAX_INEQUALITY_FIELDS)} fields.`);
  }
  for (const field of [...unequal.keys()].sort()) {
    const path = unequal.get(field);
    if (path && field !== NAME && !named.has(field)) orders.push({ path, field, descending });
  }
  return [...orders, { ...fieldRef([NAME]), descending }];
}

function parseCursor(
  { values = [], before = false }: Cursor,
  orders: readonly QueryOrder[],
  isStart: boolean,
): QueryCursor | undefined {
  if (values.length === 0) {
    if (isStart) return undefined;
    return before ? { values, before } : undefined;
  }
  if (values.length > orders.length) throw invalid('A cursor has more values than the query has orders.');
  values.forEach((value, i) => {
    checkValue(value, 0);
    if (orders[i]?.field === NAME && !('referenceValue' in value)) {
      throw invalid('The cursor value of __name__ must be a reference.');
    }
  });
  return { values, before };
}

function checkCombination(condition: Condition | undefined): void {
  const conditions = [...leaves(condition)];
  const ops = conditions.map(({ op }) => op);
  const unequal = conditions.filter(({ op }) => isInequality(op)).map(({ field }) => field);
  const isNamed = conditions.some(({ field, op }) => field === NAME && op === '==');
  if (isNamed && unequal.length > 0 && !unequal.includes(NAME)) {
    throw invalid(
      'Equality on key is not allowed if there are other inequality fields and key does not appear in inequalities.',
    );
  }
  const count = (...wanted: string[]): number => ops.filter((op) => wanted.includes(op)).length;
  if (count('not-in') > 1) throw invalid('Only one NOT_IN filter is allowed.');
  if (count('not-in') > 0 && count('!=') > 0) throw invalid('NOT_EQUAL and NOT_IN cannot be combined.');
  if (count('not-in') > 0 && count('in', 'array-contains-any') > 0) {
    throw invalid('NOT_IN cannot be combined with IN or ARRAY_CONTAINS_ANY.');
  }
}
