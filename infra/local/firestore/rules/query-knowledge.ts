/**
 * What a query proves about every document that it can return. Filters in disjunctive normal form: each conjunction is
 * one possible shape of the documents, and a rule must hold for all of them.
 */
import { compare } from './compare.ts';
import { NO_FACT } from './fact.ts';
import type { Fact } from './fact.ts';
import type { MapView, RuleValue } from './value.ts';
import { NULL, UNKNOWN } from './value.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'array-contains' | 'exists';

export interface Constraint {
  /** Names of the fields from the outermost map inwards. */
  readonly field: readonly string[];
  readonly comparison: Comparison;
  readonly value: RuleValue;
}

/** The document's data: an open map in which only the constrained fields are known, exactly or by a fact. */
export function knownData(constraints: readonly Constraint[]): RuleValue {
  const root: Node = { children: new Map() };
  for (const { field, comparison, value } of constraints) place(root, field, comparison, value);
  return { type: 'map', entries: entriesOf(root), open: true };
}

interface Node {
  value?: RuleValue;
  fact?: Fact;
  readonly children: Map<string, Node>;
}

function place(root: Node, field: readonly string[], comparison: Comparison, value: RuleValue): void {
  let node = root;
  for (const name of field) {
    let child = node.children.get(name);
    if (!child) {
      child = { children: new Map() };
      node.children.set(name, child);
    }
    node = child;
  }
  // An equal number may be stored as int or as double: keep it as a range that holds both.
  if (comparison === '==' && value.type !== 'int' && value.type !== 'float') node.value = value;
  else node.fact = refine(node.fact ?? NO_FACT, comparison, value);
}

/** A second bound on the same side replaces the first: still true, perhaps weaker. */
function refine(fact: Fact, comparison: Comparison, value: RuleValue): Fact {
  const isRange = comparison !== '!=' && comparison !== 'array-contains';
  if (isRange && compare(value, value) === undefined) return fact; // null, maps, NaN ...: no order, no bound
  switch (comparison) {
    case '==':
      return { ...fact, lower: { value, inclusive: true }, upper: { value, inclusive: true } };
    case '!=':
      return { ...fact, not: [...fact.not, value, NULL] }; // an inequality never returns null
    case '<':
    case '<=':
      return { ...fact, upper: { value, inclusive: comparison === '<=' } };
    case '>':
    case '>=':
      return { ...fact, lower: { value, inclusive: comparison === '>=' } };
    case 'array-contains':
      return { ...fact, contains: [...fact.contains, value] };
    case 'exists':
      return fact;
  }
}

function entriesOf(node: Node): MapView {
  return new Map(Array.from(node.children, ([name, child]) => [name, valueOf(child)]));
}

function valueOf(node: Node): RuleValue {
  if (node.value) return node.value;
  if (node.children.size > 0) return { type: 'map', entries: entriesOf(node), open: true };
  return node.fact ? { type: 'unknown', fact: node.fact } : UNKNOWN;
}
