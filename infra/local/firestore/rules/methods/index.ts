/** Methods of the value types: https://firebase.google.com/docs/reference/rules */
import { all, any, equals } from '../compare.ts';
import { EvaluationError } from '../errors.ts';
import { maybe, UNKNOWN } from '../value.ts';
import type { RuleValue } from '../value.ts';
import { BYTES } from './bytes.ts';
import { LATLNG } from './latlng.ts';
import { LIST, SET } from './list-and-set.ts';
import { MAP, MAP_DIFF } from './map.ts';
import { invoke } from './method-table.ts';
import { PATH } from './path.ts';
import { STRING } from './string.ts';
import { DURATION, TIMESTAMP } from './time.ts';

export function callMethod(object: RuleValue, name: string, args: readonly RuleValue[]): RuleValue {
  if (object.type === 'unknown') return unknownMethod(object, name, args);
  if (args.some(({ type }) => type === 'unknown') && !(object.type === 'map' && name === 'get'))
    return UNKNOWN;
  switch (object.type) {
    case 'string':
      return invoke('string', STRING, object.value, name, args);
    case 'bytes':
      return invoke('bytes', BYTES, object.value, name, args);
    case 'list':
      return invoke('list', LIST, object.items, name, args);
    case 'set':
      return invoke('set', SET, object.items, name, args);
    case 'map':
      return object.open && name !== 'get' ? UNKNOWN : invoke('map', MAP, object, name, args);
    case 'map_diff':
      return invoke('map_diff', MAP_DIFF, object, name, args);
    case 'timestamp':
      return invoke('timestamp', TIMESTAMP, object.nanos, name, args);
    case 'duration':
      return invoke('duration', DURATION, object.nanos, name, args);
    case 'latlng':
      return invoke('latlng', LATLNG, object, name, args);
    case 'path':
      return invoke('path', PATH, object.segments, name, args);
    default:
      throw new EvaluationError(`a ${object.type} has no method ${name}()`);
  }
}

/** A query with `array-contains` proves that the list holds that element, and nothing else about it. */
function unknownMethod(
  { fact }: Extract<RuleValue, { type: 'unknown' }>,
  name: string,
  [wanted]: readonly RuleValue[],
): RuleValue {
  if (!fact || (wanted?.type !== 'list' && wanted?.type !== 'set')) return UNKNOWN;
  const held = wanted.items.map(
    (item) => any(fact.contains.map((element) => equals(element, item))) === true,
  );
  if (name === 'hasAny') return maybe(any(held) === true ? true : undefined);
  if (name === 'hasAll') return maybe(all(held) === true ? true : undefined);
  return UNKNOWN;
}
