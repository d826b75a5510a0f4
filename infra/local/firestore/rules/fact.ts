/** What a query's filters say about a field whose exact value they do not fix. */
import { compare, equals } from './compare.ts';
import type { RuleValue } from './value.ts';

interface Bound {
  readonly value: RuleValue;
  readonly inclusive: boolean;
}

export interface Fact {
  readonly lower?: Bound;
  readonly upper?: Bound;
  readonly not: readonly RuleValue[];
  /** Elements that the (list) value holds for certain. */
  readonly contains: readonly RuleValue[];
}

export const NO_FACT: Fact = { not: [], contains: [] };

/** Is the value equal to `other`? `undefined`: the filters leave it open. */
export function factEquals(fact: Fact, other: RuleValue): boolean | undefined {
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

/** Is `value < other` (or `<=`)? */
export function factBelow(fact: Fact, other: RuleValue, inclusive: boolean): boolean | undefined {
  const above = fact.upper && rank(other, fact.upper);
  if (typeof above === 'number' && (above > 0 || (above === 0 && (inclusive || !fact.upper?.inclusive))))
    return true;
  const below = fact.lower && rank(other, fact.lower);
  if (typeof below === 'number' && (below < 0 || (below === 0 && (!inclusive || !fact.lower?.inclusive))))
    return false;
  return undefined;
}

/** Is `value > other` (or `>=`)? */
export function factAbove(fact: Fact, other: RuleValue, inclusive: boolean): boolean | undefined {
  const below = factBelow(fact, other, !inclusive);
  return below === undefined ? undefined : !below;
}

/** Is the value of the named type? A numeric bound admits int and float alike. */
export function factIs(fact: Fact, type: string): boolean | undefined {
  if (fact.contains.length > 0) return type === 'list';
  const bound = (fact.lower ?? fact.upper)?.value.type;
  if (bound === undefined) return undefined;
  if (bound !== 'int' && bound !== 'float') return type === bound;
  if (type === 'number') return true;
  return type === 'int' || type === 'float' ? undefined : false;
}

export function factContains(fact: Fact, element: RuleValue): boolean | undefined {
  return fact.contains.some((held) => equals(held, element) === true) ? true : undefined;
}

function rank(value: RuleValue, bound: Bound): number | 'other type' {
  return compare(value, bound.value) ?? 'other type';
}
