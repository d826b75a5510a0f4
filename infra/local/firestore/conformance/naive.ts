/** A second, simple-minded definition of Firestore's queries over plain values, to compare the real one with. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };
export type Row = { readonly id: string; readonly data: { readonly [field: string]: Plain } };

type Op = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not-in' | 'array-contains' | 'array-contains-any';
export interface Where {
  readonly field: string;
  readonly op: Op;
  readonly value: Plain;
}
interface Order {
  readonly field: string;
  readonly descending: boolean;
}
interface Bound {
  readonly values: readonly Plain[];
  readonly inclusive: boolean;
}
export interface NaiveQuery {
  /** All of the first, and any of the second (if there are any). */
  readonly where: readonly Where[];
  readonly anyOf: readonly Where[];
  readonly orders: readonly Order[];
  readonly start?: Bound | undefined;
  readonly end?: Bound | undefined;
  readonly offset: number;
  readonly limit: number | undefined;
}

function rank(value: Plain): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return Number.isNaN(value) ? 2 : 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
}

function compare(a: Plain, b: Plain): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'boolean' || (typeof a === 'number' && !Number.isNaN(a))) return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (isMap(a) && isMap(b)) {
    const entries = (map: { [key: string]: Plain }): Plain[] =>
      Object.keys(map)
        .sort()
        .flatMap((key) => [key, map[key] ?? null]);
    return compareLists(entries(a), entries(b));
  }
  return 0;
}

const isMap = (value: Plain): value is { [key: string]: Plain } => rank(value) === 6;

function compareLists(a: readonly Plain[], b: readonly Plain[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compare(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const list = (value: Plain): Plain[] => (Array.isArray(value) ? value : []);
const findable = (value: Plain): boolean => rank(value) !== 0 && rank(value) !== 2;
const holds = (values: readonly Plain[], value: Plain): boolean =>
  values.some((v) => compare(v, value) === 0);

function satisfies(value: Plain | undefined, { op, value: operand }: Where): boolean {
  if (value === undefined) return false;
  const isRanged = rank(value) === rank(operand) && findable(operand);
  switch (op) {
    case '==':
      return compare(value, operand) === 0;
    case '!=':
      return value !== null && compare(value, operand) !== 0;
    case '<':
      return isRanged && compare(value, operand) < 0;
    case '<=':
      return isRanged && compare(value, operand) <= 0;
    case '>':
      return isRanged && compare(value, operand) > 0;
    case '>=':
      return isRanged && compare(value, operand) >= 0;
    case 'in':
      return holds(list(operand).filter(findable), value);
    case 'not-in':
      return value !== null && !list(operand).includes(null) && !holds(list(operand), value);
    case 'array-contains':
      return holds(list(value), operand);
    case 'array-contains-any':
      return list(operand)
        .filter(findable)
        .some((wanted) => holds(list(value), wanted));
  }
}

const UNEQUAL: readonly Op[] = ['<', '<=', '>', '>=', '!=', 'not-in'];

/** Ids in order. */
export function evaluate(rows: readonly Row[], query: NaiveQuery): string[] {
  const { where, anyOf, start, end, offset, limit } = query;
  const last = query.orders.at(-1)?.descending ?? false;
  const explicit = new Set(query.orders.map(({ field }) => field));
  const implicit = [...where, ...anyOf].filter(({ op }) => UNEQUAL.includes(op)).map(({ field }) => field);
  const orders = [
    ...query.orders,
    ...[...new Set(implicit)]
      .filter((field) => !explicit.has(field))
      .sort()
      .map((field) => ({ field, descending: last })),
  ];
  const keyOf = (row: Row): Plain[] => orders.map(({ field }) => row.data[field] ?? null);
  const along = (a: readonly Plain[], b: readonly Plain[]): number => {
    for (let i = 0; i < Math.min(orders.length, b.length); i += 1) {
      const order = compare(a[i] ?? null, b[i] ?? null) * (orders[i]?.descending ? -1 : 1);
      if (order !== 0) return order;
    }
    return 0;
  };
  const isAfter = (row: Row, bound: Bound): boolean => {
    const order = along(keyOf(row), bound.values);
    return bound.inclusive ? order >= 0 : order > 0;
  };
  const isBefore = (row: Row, bound: Bound): boolean => {
    const order = along(keyOf(row), bound.values);
    return bound.inclusive ? order <= 0 : order < 0;
  };
  const found = rows
    .filter(({ data }) => where.every((w) => satisfies(data[w.field], w)))
    .filter(({ data }) => anyOf.length === 0 || anyOf.some((w) => satisfies(data[w.field], w)))
    .filter(({ data }) => orders.every(({ field }) => data[field] !== undefined))
    .filter((row) => (!start || isAfter(row, start)) && (!end || isBefore(row, end)))
    .sort((a, b) => along(keyOf(a), keyOf(b)) || (a.id < b.id ? -1 : 1) * (last ? -1 : 1));
  return found.slice(offset, limit === undefined ? undefined : offset + limit).map(({ id }) => id);
}
