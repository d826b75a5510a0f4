import type { DocumentQuery, Fields, StoredDocument, Value } from '../../ports/documents.ts';
import { compareStrings, compareValues, isMap, typeOrder } from './compare.ts';

/** Answers a query over all documents the way Firestore would; a pure function. */
export function runQuery(all: Iterable<StoredDocument>, query: DocumentQuery): StoredDocument[] {
  const order = fullOrder(query);
  const found = [...all].filter(
    (document) =>
      inCollection(document.path, query) &&
      (query.where ?? []).every((filter) => matches(document, filter, query)) &&
      order.every(({ field }) => fieldOf(document, field) !== undefined),
  );
  found.sort((a, b) => {
    for (const { field, direction } of order) {
      const result = compareField(a, field, fieldOf(b, field) ?? null);
      if (result !== 0) return direction === 'asc' ? result : -result;
    }
    return 0;
  });
  const after = query.startAfter;
  const rest =
    after === undefined ? found : found.filter((document) => isAfter(document, order, after, query));
  return rest.slice(0, query.limit).map((document) => project(document, query.select));
}

/** As Firestore adds up: what is no number is passed over. */
export function sumOf(found: StoredDocument[], field: string): number {
  const values = found.map((document) => document.fields[field]);
  return values.reduce<number>((sum, value) => (typeof value === 'number' ? sum + value : sum), 0);
}

type Order = { field: string; direction: 'asc' | 'desc' }[];

/** An inequality sorts by its field when no order is named; ties are broken by path in the last direction. */
function fullOrder(query: DocumentQuery): Order {
  const order: Order = [...(query.orderBy ?? [])];
  const range = query.where?.find(({ op }) => op !== '==' && op !== 'array-contains');
  if (order.length === 0 && range !== undefined) order.push({ field: range.field, direction: 'asc' });
  if (order.every(({ field }) => field !== '__name__')) {
    order.push({ field: '__name__', direction: order.at(-1)?.direction ?? 'asc' });
  }
  return order;
}

function inCollection(path: string, query: DocumentQuery): boolean {
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (query.group !== true) return parent === query.collection;
  return parent === query.collection || parent.endsWith(`/${query.collection}`);
}

/** `field` is a path of names joined by dots, or `__name__` for the document's path. */
function fieldOf(document: StoredDocument, field: string): Value | undefined {
  if (field === '__name__') return document.path;
  let value: Value | undefined = document.fields;
  for (const name of field.split('.')) {
    value = isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function compareField(document: StoredDocument, field: string, value: Value): number {
  const mine = fieldOf(document, field) ?? null;
  if (field === '__name__') return comparePaths(String(mine), String(value));
  return compareValues(mine, value);
}

function comparePaths(a: string, b: string): number {
  const right = b.split('/');
  for (const [i, segment] of a.split('/').entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareStrings(segment, other);
    if (order !== 0) return order;
  }
  return a.split('/').length - right.length;
}

function matches(
  document: StoredDocument,
  filter: NonNullable<DocumentQuery['where']>[number],
  query: DocumentQuery,
): boolean {
  const value = fieldOf(document, filter.field);
  if (value === undefined) return false;
  if (filter.op === 'array-contains') {
    return Array.isArray(value) && value.some((element) => compareValues(element, filter.value) === 0);
  }
  const wanted = filter.field === '__name__' ? fullName(filter.value, query) : filter.value;
  const order = compareField(document, filter.field, wanted);
  if (filter.op === '==') return order === 0;
  // A range stays within the type of its bound, and NaN is in none.
  if (typeOrder(value) !== typeOrder(wanted) || Number.isNaN(value) || Number.isNaN(wanted)) return false;
  switch (filter.op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function isAfter(document: StoredDocument, order: Order, after: Value[], query: DocumentQuery): boolean {
  for (const [i, value] of after.entries()) {
    const by = order[i];
    if (by === undefined) throw new Error('startAfter names more values than orderBy has fields.');
    const bound = by.field === '__name__' ? fullName(value, query) : value;
    const result = compareField(document, by.field, bound);
    if (result !== 0) return by.direction === 'asc' ? result > 0 : result < 0;
  }
  return false;
}

/** In one collection a `__name__` is given by its id, in a group by its path. */
function fullName(value: Value, query: DocumentQuery): string {
  if (typeof value !== 'string') throw new Error('__name__ is compared with a string.');
  return query.group === true ? value : `${query.collection}/${value}`;
}

function project(document: StoredDocument, select: string[] | undefined): StoredDocument {
  if (select === undefined) return document;
  const fields: Fields = {};
  for (const name of select) {
    const value = document.fields[name];
    if (value !== undefined) fields[name] = value;
  }
  return { ...document, fields };
}
