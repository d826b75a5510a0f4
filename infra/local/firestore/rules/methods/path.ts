import { EvaluationError } from '../errors.ts';
import { path } from '../value.ts';
import type { MapView } from '../value.ts';
import type { MethodTable } from './method-table.ts';

/** `bind` fills the `{name}` segments of a path made by `path()`. */
export const PATH: MethodTable<readonly string[]> = {
  bind: [1, (segments, args) => path(segments.map((segment) => bound(segment, args.map(0))))],
};

function bound(segment: string, bindings: MapView): string {
  const wildcard = /^\{(\w+)\}$/.exec(segment)?.[1];
  if (wildcard === undefined) return segment;
  const value = bindings.get(wildcard);
  if (value?.type !== 'string') throw new EvaluationError(`bind() lacks a string for ${wildcard}`);
  return value.value;
}
