/** Disjunctive normal form: a query is the union of conjunctions, each of which indexes can serve. */
import { invalid } from '../status.ts';
import { encodeValue, TAG } from '../value/encode.ts';
import type { Condition, FieldCondition } from './normalized.ts';

const MAX_DISJUNCTIONS = 30; // production's limit

export type Conjunction = readonly FieldCondition[];

/** `in` and `array-contains-any` are expanded. No conjunction: nothing can match. @throws StatusError INVALID_ARGUMENT */
export function toDisjuncts(condition: Condition | undefined): Conjunction[] {
  const disjuncts = condition ? expand(condition) : [[]];
  for (const conjunction of disjuncts) {
    if (conjunction.filter(({ op }) => op === 'array-contains').length > 1) {
      throw invalid('A conjunction may contain only one array-contains filter.');
    }
  }
  return unique(disjuncts);
}

function expand(condition: Condition): Conjunction[] {
  if (condition.kind === 'field') return expandField(condition);
  if (condition.kind === 'or') return limited(condition.conditions.flatMap(expand));
  return condition.conditions.reduce<Conjunction[]>(
    (left, right) => {
      const expanded = expand(right);
      return limited(left.flatMap((a) => expanded.map((b) => [...a, ...b])));
    },
    [[]],
  );
}

function expandField(condition: FieldCondition): Conjunction[] {
  const { op, value } = condition;
  if ((op !== 'in' && op !== 'array-contains-any') || !('arrayValue' in value)) return [[condition]];
  const single = op === 'in' ? '==' : 'array-contains';
  return (value.arrayValue.values ?? [])
    .filter((element) => !('nullValue' in element) && encodeValue(element)[0] !== TAG.nan)
    .map((element) => [{ ...condition, op: single, value: element }]);
}

function limited(disjuncts: Conjunction[]): Conjunction[] {
  if (disjuncts.length > MAX_DISJUNCTIONS) {
    throw invalid(`The query exceeds the maximum of ${String(MAX_DISJUNCTIONS)} disjunctions.`);
  }
  return disjuncts;
}

function unique(disjuncts: Conjunction[]): Conjunction[] {
  const known = new Map<string, Conjunction>();
  for (const conjunction of disjuncts) {
    const parts = conjunction.map(
      ({ field, op, value }) => `${field} ${op} ${encodeValue(value).toString('base64')}`,
    );
    known.set([...new Set(parts)].sort().join('\n'), conjunction);
  }
  return [...known.values()];
}
