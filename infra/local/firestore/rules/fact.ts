/** What a query's filters say about a field whose exact value they do not fix. */
import { equals, rank } from './compare.ts';
import type { RuleValue } from './value.ts';

export interface Bound {
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
