/** A validated query with everything implicit made explicit. */
import { formatFieldPath } from '../path/field-path.ts';
import type { FindNearest, StructuredQuery, Value } from '../types.ts';

export type Comparison =
  '==' | '!=' | '<' | '<=' | '>' | '>=' | 'array-contains' | 'array-contains-any' | 'in' | 'not-in';

export interface FieldRef {
  readonly path: readonly string[];
  /** The one spelling; `__name__` is the document itself. */
  readonly field: string;
}

export interface FieldCondition extends FieldRef {
  readonly kind: 'field';
  readonly op: Comparison;
  readonly value: Value;
}

export type Condition =
  FieldCondition | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] };

export interface QueryOrder extends FieldRef {
  readonly descending: boolean;
}

export interface QueryCursor {
  readonly values: readonly Value[];
  readonly before: boolean;
}

export interface NormalizedQuery {
  readonly database: string;
  /** Segments of the document (or none) that the query hangs below. */
  readonly parent: readonly string[];
  /** Undefined: every document below the parent, whatever its collection. */
  readonly collectionId: string | undefined;
  readonly allDescendants: boolean;
  readonly condition: Condition | undefined;
  /** Ends with `__name__`. */
  readonly orders: readonly QueryOrder[];
  readonly start: QueryCursor | undefined;
  readonly end: QueryCursor | undefined;
  readonly offset: number;
  readonly limit: number | undefined;
  /** Undefined: all fields. */
  readonly select: readonly (readonly string[])[] | undefined;
  readonly nearest: FindNearest | undefined;
  /** Fields of which sums and averages are wanted: production takes them from the index that serves the query. */
  readonly aggregated: readonly FieldRef[];
  /** The same for those who judge queries. */
  readonly structured: StructuredQuery;
}

/** Under which collection the query's reads are counted: groups as `**`, then the collection id. */
export function billedCollection({ parent, collectionId = '*', allDescendants }: NormalizedQuery): string[] {
  return allDescendants ? ['**', '', collectionId] : [...parent, collectionId];
}

export const fieldRef = (path: readonly string[]): FieldRef => ({ path, field: formatFieldPath(path) });

export const NAME = '__name__';
export const isInequality = (op: Comparison): boolean =>
  op === '<' || op === '<=' || op === '>' || op === '>=' || op === '!=' || op === 'not-in';

export function* leaves(condition: Condition | undefined): Generator<FieldCondition> {
  if (!condition) return;
  if (condition.kind === 'field') yield condition;
  else for (const inner of condition.conditions) yield* leaves(inner);
}
