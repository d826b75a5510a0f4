/** Conditions and cursors as intervals of suffixes. */
import { encodeValue, TAG } from '../value/encode.ts';
import { successor } from '../value/bytes.ts';
import { indexKey } from '../value/index-key.ts';
import type { Value } from '../types.ts';
import { EVERYTHING, intersection, mirrored, NOTHING, startingWith } from './interval.ts';
import type { Interval } from './interval.ts';
import { NAME } from './normalized.ts';
import type { FieldCondition, QueryCursor, QueryOrder } from './normalized.ts';
import { nameKey, partKey } from './suffix.ts';

/** What the condition says about the first part of a suffix, in ascending terms: it may say too little, never too much. */
function ascending({ field, op, value }: FieldCondition, scope: Uint8Array): Interval {
  if (field === NAME)
    return 'referenceValue' in value ? around(nameKey(value.referenceValue, scope), op) : EVERYTHING;
  if (op === '!=' || op === 'not-in') return { lo: Buffer.from([TAG.null + 1]), hi: undefined };
  const tag = encodeValue(value)[0] ?? 0;
  const key = indexKey(value);
  if (op === '==') return startingWith(key);
  if (op === 'array-contains') return EVERYTHING;
  if (tag === TAG.null || tag === TAG.nan) return NOTHING;
  return intersection(startingWith(Buffer.from([tag])), around(key, op));
}

function around(key: Uint8Array, op: FieldCondition['op']): Interval {
  const after = successor(key);
  switch (op) {
    case '==':
      return startingWith(key);
    case '<':
      return { lo: EVERYTHING.lo, hi: key };
    case '<=':
      return { lo: EVERYTHING.lo, hi: after };
    case '>':
      return after ? { lo: after, hi: undefined } : NOTHING;
    case '>=':
      return { lo: key, hi: undefined };
    default:
      return EVERYTHING;
  }
}

/** The interval of suffixes that conditions on the first order's field leave. */
export function conditionInterval(
  conditions: readonly FieldCondition[],
  first: QueryOrder,
  scope: Uint8Array,
): Interval {
  const interval = conditions
    .filter(({ field, op }) => field === first.field && op !== 'array-contains')
    .map((condition) => ascending(condition, scope))
    .reduce(intersection, EVERYTHING);
  if (!first.descending || interval === NOTHING) return interval;
  return mirrored(interval);
}

/** `known`: fields that an equality fixes and that are therefore no part of the suffix. */
export function cursorInterval(
  cursor: QueryCursor,
  isStart: boolean,
  orders: readonly QueryOrder[],
  known: ReadonlyMap<string, Value>,
  scope: Uint8Array,
): Interval {
  const parts: Buffer[] = [];
  let { before } = cursor;
  for (const [i, value] of cursor.values.entries()) {
    const order = orders[i];
    if (!order) break;
    const part = partKey(value, order, scope);
    const fixed = known.get(order.field);
    if (fixed === undefined) {
      parts.push(part);
      continue;
    }
    const side = Buffer.compare(partKey(fixed, order, scope), part);
    if (side === 0) continue;
    before = side > 0; // everything that agrees so far lies after, or before, the cursor
    break;
  }
  const bound = Buffer.concat(parts);
  const after = successor(bound);
  if (isStart) return before ? { lo: bound, hi: undefined } : after ? { lo: after, hi: undefined } : NOTHING;
  return { lo: EVERYTHING.lo, hi: before ? bound : after };
}
