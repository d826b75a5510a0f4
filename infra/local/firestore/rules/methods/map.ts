import { equals } from '../compare.ts';
import { EvaluationError } from '../errors.ts';
import { int, list, string, UNKNOWN } from '../value.ts';
import type { RuleValue } from '../value.ts';
import { set } from './list-and-set.ts';
import type { MethodTable } from './method-table.ts';

type MapValue = Extract<RuleValue, { type: 'map' }>;
type MapDiff = Extract<RuleValue, { type: 'map_diff' }>;

export const MAP: MethodTable<MapValue> = {
  get: [2, (map, args) => getIn(map, args.value(0), args.value(1))],
  keys: [0, (map) => list(Array.from(map.entries.keys(), string))],
  values: [0, (map) => list([...map.entries.values()])],
  size: [0, (map) => int(map.entries.size)],
  diff: [
    1,
    (map, args) => {
      const other = args.value(0);
      if (other.type === 'map' && other.open) return UNKNOWN;
      return { type: 'map_diff', left: map.entries, right: args.map(0) };
    },
  ],
};

/** `get(key, default)`; a list of keys walks into nested maps. */
function getIn(map: MapValue, key: RuleValue, fallback: RuleValue): RuleValue {
  if (key.type === 'unknown') return UNKNOWN;
  let at: RuleValue = map;
  for (const step of key.type === 'list' ? key.items : [key]) {
    if (step.type === 'unknown' || at.type === 'unknown') return UNKNOWN;
    if (step.type !== 'string') throw new EvaluationError('the keys of a map are strings');
    if (at.type !== 'map') return fallback;
    const next = at.entries.get(step.value);
    if (!next) return at.open ? UNKNOWN : fallback;
    at = next;
  }
  return at;
}

/** `a.diff(b)`: what of `a` was added, removed or changed in comparison with `b`. */
export const MAP_DIFF: MethodTable<MapDiff> = {
  addedKeys: [0, (diff) => keySet(added(diff))],
  removedKeys: [0, (diff) => keySet(removed(diff))],
  changedKeys: [0, (diff) => keySet(shared(diff, false))],
  unchangedKeys: [0, (diff) => keySet(shared(diff, true))],
  affectedKeys: [0, (diff) => keySet([...added(diff), ...removed(diff), ...shared(diff, false)])],
};

const keySet = (keys: readonly string[]): RuleValue => set(keys.map(string));
const added = ({ left, right }: MapDiff): string[] => [...left.keys()].filter((key) => !right.has(key));
const removed = ({ left, right }: MapDiff): string[] => [...right.keys()].filter((key) => !left.has(key));

function shared({ left, right }: MapDiff, same: boolean): string[] {
  return [...left.entries()].flatMap(([key, value]) => {
    const other = right.get(key);
    return other && (equals(value, other) === true) === same ? [key] : [];
  });
}
