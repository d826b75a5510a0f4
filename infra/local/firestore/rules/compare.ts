/** Equality and order of rule values, three-valued: `undefined` where an unknown part decides. */
import type { Bound, Fact } from './fact.ts';
import type { MapView, RuleValue } from './value.ts';

export function equals(a: RuleValue, b: RuleValue): boolean | undefined {
  if (a.type === 'unknown') return b.type === 'unknown' ? undefined : a.fact && factEquals(a.fact, b);
  if (b.type === 'unknown') return equals(b, a);
  if (isNumber(a) && isNumber(b))
    return Number.isNaN(a.value) ? false : compareNumbers(a.value, b.value) === 0;
  switch (a.type) {
    case 'null':
      return b.type === 'null';
    case 'bool':
    case 'string':
      return a.type === b.type && a.value === b.value;
    case 'bytes':
      return b.type === 'bytes' && Buffer.compare(a.value, b.value) === 0;
    case 'timestamp':
    case 'duration':
      return a.type === b.type && a.nanos === b.nanos;
    case 'latlng':
      return b.type === 'latlng' && a.latitude === b.latitude && a.longitude === b.longitude;
    case 'path':
      return b.type === 'path' && a.segments.join('/') === b.segments.join('/');
    case 'list':
      return b.type === 'list' && sameItems(a.items, b.items);
    case 'set':
      return b.type === 'set' && sameSet(a.items, b.items);
    case 'map':
      return b.type === 'map' && sameMap(a, b);
    default:
      return false;
  }
}

/** Is a value of which only this is known equal to `other`? `undefined`: the filters leave it open. */
function factEquals(fact: Fact, other: RuleValue): boolean | undefined {
  if (fact.not.some((excluded) => equals(excluded, other) === true)) return false;
  if (fact.contains.length > 0 && other.type !== 'list') return false;
  const below = fact.lower && rank(other, fact.lower);
  const above = fact.upper && rank(other, fact.upper);
  if (below === 'other type' || above === 'other type') return false;
  if (below !== undefined && (below < 0 || (below === 0 && fact.lower?.inclusive === false))) return false;
  if (above !== undefined && (above > 0 || (above === 0 && fact.upper?.inclusive === false))) return false;
  if (below === 0 && above === 0) return true;
  return undefined;
}

/** Order of two values of one comparable type; `undefined` when they cannot be compared. */
export function compare(a: RuleValue, b: RuleValue): number | undefined {
  if (isNumber(a) && isNumber(b)) {
    return Number.isNaN(a.value) || Number.isNaN(b.value) ? undefined : compareNumbers(a.value, b.value);
  }
  if (a.type === 'string' && b.type === 'string')
    return Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
  if (a.type === 'bytes' && b.type === 'bytes') return Buffer.compare(a.value, b.value);
  if (a.type === 'bool' && b.type === 'bool') return Number(a.value) - Number(b.value);
  if (a.type === 'timestamp' && b.type === 'timestamp') return compareNumbers(a.nanos, b.nanos);
  if (a.type === 'duration' && b.type === 'duration') return compareNumbers(a.nanos, b.nanos);
  return undefined;
}

/** Where a value lies beside a bound. */
export function rank(value: RuleValue, bound: Bound): number | 'other type' {
  return compare(value, bound.value) ?? 'other type';
}

type Numeric = Extract<RuleValue, { type: 'int' | 'float' }>;

export function isNumber(value: RuleValue): value is Numeric {
  return value.type === 'int' || value.type === 'float';
}

/** Is `element` among `items`? A certain hit beats an unknown one. */
export function includes(items: readonly RuleValue[], element: RuleValue): boolean | undefined {
  return any(items.map((item) => equals(item, element)));
}

export function any(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

export function all(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

// JavaScript compares bigint with number exactly.
function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function sameItems(a: readonly RuleValue[], b: readonly RuleValue[]): boolean | undefined {
  if (a.length !== b.length) return false;
  return all(
    a.map((item, i) => {
      const other = b[i];
      return other !== undefined && equals(item, other);
    }),
  );
}

function sameSet(a: readonly RuleValue[], b: readonly RuleValue[]): boolean | undefined {
  if (a.length !== b.length) return false;
  return all(a.map((item) => includes(b, item)));
}

type MapValue = Extract<RuleValue, { type: 'map' }>;

function sameMap(a: MapValue, b: MapValue): boolean | undefined {
  const shared = sameEntries(a.entries, b.entries);
  if (a.open || b.open) return shared.some((answer) => answer === false) ? false : undefined;
  return a.entries.size === b.entries.size && shared.length === a.entries.size ? all(shared) : false;
}

function sameEntries(a: MapView, b: MapView): (boolean | undefined)[] {
  const answers: (boolean | undefined)[] = [];
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other) answers.push(equals(value, other));
  }
  return answers;
}
