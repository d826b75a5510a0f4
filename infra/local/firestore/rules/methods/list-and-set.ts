import { all, any, includes } from '../compare.ts';
import { EvaluationError } from '../errors.ts';
import { int, list, maybe, string } from '../value.ts';
import type { RuleValue } from '../value.ts';
import type { MethodTable } from './method-table.ts';

type Items = readonly RuleValue[];

const CONTENTS: MethodTable<Items> = {
  size: [0, (items) => int(items.length)],
  hasAny: [1, (items, args) => maybe(any(args.items(0).map((item) => includes(items, item))))],
  hasAll: [1, (items, args) => maybe(all(args.items(0).map((item) => includes(items, item))))],
  hasOnly: [1, (items, args) => maybe(all(items.map((item) => includes(args.items(0), item))))],
};

export const LIST: MethodTable<Items> = {
  ...CONTENTS,
  concat: [1, (items, args) => list([...items, ...args.items(0)])],
  join: [1, (items, args) => string(items.map(joined).join(args.string(0)))],
  removeAll: [1, (items, args) => list(without(items, args.items(0)))],
  toSet: [0, (items) => set(items)],
};

export const SET: MethodTable<Items> = {
  ...CONTENTS,
  difference: [1, (items, args) => set(without(items, args.items(0)))],
  intersection: [1, (items, args) => set(items.filter((item) => includes(args.items(0), item) === true))],
  union: [1, (items, args) => set([...items, ...args.items(0)])],
};

/** A set of the distinct values among `items`. */
export function set(items: Items): RuleValue {
  const distinct: RuleValue[] = [];
  for (const item of items) if (includes(distinct, item) !== true) distinct.push(item);
  return { type: 'set', items: distinct };
}

const without = (items: Items, removed: Items): RuleValue[] =>
  items.filter((item) => includes(removed, item) !== true);

function joined(value: RuleValue): string {
  if (value.type === 'string') return value.value;
  if (value.type === 'int' || value.type === 'float' || value.type === 'bool') return String(value.value);
  if (value.type === 'null') return 'null';
  throw new EvaluationError(`cannot join a ${value.type}`);
}
