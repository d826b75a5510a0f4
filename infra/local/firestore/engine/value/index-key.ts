import { createHash } from 'node:crypto';
import type { Value } from '../values.ts';
import { inverted } from './bytes.ts';
import { encodeValue } from './encode.ts';

const MAX_BYTES = 1500; // production indexes the first 1,500 bytes

/**
 * A value's key as indexes hold it. Of a long key the beginning and a hash are kept: equality stays exact, the order among
 * values that share their first 1,500 bytes is arbitrary.
 */
export function indexKey(value: Value, descending = false): Buffer {
  const full = encodeValue(value);
  const key =
    full.length <= MAX_BYTES
      ? full
      : Buffer.concat([
          full.subarray(0, MAX_BYTES),
          createHash('sha256').update(full).digest().subarray(0, 16),
        ]);
  return descending ? inverted(key) : key;
}
