/** A query's filters in disjunctive normal form, and the paths of the documents that it may return. */
import type { Filter, StructuredQuery, Value } from '../engine/types.ts';
import { fromValue, rulesPath } from './from-firestore.ts';
import { ANY, MANY } from './match-path.ts';
import type { RequestPath } from './match-path.ts';
import type { Comparison, Constraint } from './query-knowledge.ts';
import { float, int, map, NULL, string } from './value.ts';
import type { RuleValue } from './value.ts';

/** Beyond this many conjunctions (production allows 30) nothing is taken as known. */
const MAX_CONJUNCTIONS = 100;

/** One kind of document that the query may return. A rule has to hold for each. */
export interface QueryShape {
  readonly path: RequestPath;
  readonly constraints: readonly Constraint[];
}

export function queryShapes(parent: string, query: StructuredQuery): QueryShape[] {
  const path = collectionPath(parent, query);
  const ordered = (query.orderBy ?? []).flatMap(({ field }): Constraint[] =>
    exists(fieldNames(field?.fieldPath ?? '')),
  );
  return conjunctionsOf(query.where).map((constraints) => {
    const named = constraints.find(({ field, comparison }) => isName(field) && comparison === '==');
    const known = named?.value.type === 'path' ? named.value.segments : undefined;
    return {
      path: known ?? path,
      constraints: [...constraints, ...ordered].filter(({ field }) => !isName(field)),
    };
  });
}

/** `limit`, `offset` and `orderBy` as `request.query` shows them; `orderBy` reads `a ASC, b DESC`. */
export function queryProperties({ limit, offset, orderBy }: StructuredQuery): RuleValue {
  const entries: [string, RuleValue][] = [];
  if (limit) entries.push(['limit', int(limit.value ?? 0)]);
  if (offset !== undefined) entries.push(['offset', int(offset)]);
  if (orderBy && orderBy.length > 0) {
    const orders = orderBy.map(
      ({ field, direction }) => `${field?.fieldPath ?? ''} ${direction === 'DESCENDING' ? 'DESC' : 'ASC'}`,
    );
    entries.push(['orderBy', string(orders.join(', '))]);
  }
  return map(entries);
}

function collectionPath(parent: string, { from }: StructuredQuery): RequestPath {
  const [selector] = from ?? [];
  const group: RequestPath = selector?.allDescendants === true ? [MANY] : [];
  const collection: RequestPath = selector?.collectionId ? [selector.collectionId] : [ANY];
  return [...rulesPath(parent), ...group, ...collection, ANY];
}

type Conjunctions = readonly (readonly Constraint[])[];

function conjunctionsOf(filter: Filter | undefined): Conjunctions {
  if (filter?.compositeFilter) {
    const parts = (filter.compositeFilter.filters ?? []).map(conjunctionsOf);
    if (filter.compositeFilter.op === 'OR') return bounded(parts.flat());
    return parts.reduce(
      (all, part) => bounded(all.flatMap((left) => part.map((right) => [...left, ...right]))),
      [[]],
    );
  }
  if (filter?.unaryFilter) return [unary(filter.unaryFilter)];
  return filter?.fieldFilter ? bounded(fieldFilter(filter.fieldFilter)) : [[]];
}

/** An empty disjunction would permit everything; it and one too long count as no filter at all. */
const bounded = (conjunctions: Conjunctions): Conjunctions =>
  conjunctions.length === 0 || conjunctions.length > MAX_CONJUNCTIONS ? [[]] : conjunctions;

function unary({ field, op }: NonNullable<Filter['unaryFilter']>): Constraint[] {
  const names = fieldNames(field?.fieldPath ?? '');
  if (op === 'IS_NULL') return [{ field: names, comparison: '==', value: NULL }];
  if (op === 'IS_NAN') return exists(names);
  return [{ field: names, comparison: '!=', value: op === 'IS_NOT_NAN' ? float(NaN) : NULL }];
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  EQUAL: '==',
  NOT_EQUAL: '!=',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  ARRAY_CONTAINS: 'array-contains',
};

function fieldFilter({
  field,
  op = 'OPERATOR_UNSPECIFIED',
  value,
}: NonNullable<Filter['fieldFilter']>): Conjunctions {
  const names = fieldNames(field?.fieldPath ?? '');
  const values = listed(value);
  if (op === 'IN') return values.map((one) => [{ field: names, comparison: '==', value: one }]);
  if (op === 'ARRAY_CONTAINS_ANY') {
    return values.map((one) => [{ field: names, comparison: 'array-contains', value: one }]);
  }
  if (op === 'NOT_IN') return [values.map((one) => ({ field: names, comparison: '!=', value: one }))];
  const comparison = COMPARISONS[op];
  return comparison && value ? [[{ field: names, comparison, value: fromValue(value) }]] : [[]];
}

const listed = (value: Value | undefined): RuleValue[] =>
  value && 'arrayValue' in value ? (value.arrayValue.values ?? []).map(fromValue) : [];

const exists = (field: readonly string[]): Constraint[] => [{ field, comparison: 'exists', value: NULL }];

const isName = (field: readonly string[]): boolean => field.length === 1 && field[0] === '__name__';

/** `a.b.`c.d`` -> a, b, c.d: names in backquotes may hold anything. */
function fieldNames(fieldPath: string): string[] {
  const parts = fieldPath.match(/`(?:[^`\\]|\\.)*`|[^.`]+/g) ?? [];
  return parts.map((part) => (part.startsWith('`') ? part.slice(1, -1).replace(/\\(.)/g, '$1') : part));
}
