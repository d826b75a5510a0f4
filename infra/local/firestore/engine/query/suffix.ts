/**
 * The suffix of a document under a list of orders: the keys of its values, each in its direction, then its name. Results
 * ascend by suffix, whatever the directions. Index entries end in the same bytes.
 */
import { documentKey } from '../path/path-key.ts';
import { parseDocumentName } from '../path/resource-name.ts';
import type { Value } from '../types.ts';
import { inverted } from '../value/bytes.ts';
import { indexKey } from '../value/index-key.ts';
import { fieldOf } from './match.ts';
import type { Candidate } from './match.ts';
import { NAME } from './normalized.ts';
import type { QueryOrder } from './normalized.ts';

/** `scope`: the key of the collection, in which documents are named by their last segment; empty for a group. */
export function suffixOf(candidate: Candidate, orders: readonly QueryOrder[], scope: Uint8Array): Buffer {
  return Buffer.concat(
    orders.map((order) => {
      const value = fieldOf(candidate, order);
      return value === undefined ? Buffer.alloc(0) : partKey(value, order, scope);
    }),
  );
}

export function partKey(value: Value, { field, descending }: QueryOrder, scope: Uint8Array): Buffer {
  if (field !== NAME || !('referenceValue' in value)) return indexKey(value, descending);
  const key = nameKey(value.referenceValue, scope);
  return descending ? inverted(key) : key;
}

/** A name outside the scope still has its place before, or after, everything inside. */
export function nameKey(name: string, scope: Uint8Array): Buffer {
  const key = documentKey(parseDocumentName(name).segments);
  const inside = scope.length === 0 || Buffer.compare(key.subarray(0, scope.length), scope) === 0;
  if (inside) return key.subarray(scope.length);
  return Buffer.compare(key, scope) < 0 ? Buffer.from([0x00]) : Buffer.from([0xff]);
}
