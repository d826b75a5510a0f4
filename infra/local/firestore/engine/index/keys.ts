/**
 * Keys of index entries: what the index is, what it covers, the indexed values, the document.
 *   01 group collection field value id     automatic, one collection
 *   02 group collection field element id   automatic, array elements, one collection
 *   03 group field value path              automatic, whole group
 *   04 group field element path            automatic, array elements, whole group
 *   05 index [collection] values id|path   composite
 * Within one collection documents are named by their last segment only.
 */
import { prefixKey } from '../path/path-key.ts';
import { escaped, uint32 } from '../value/bytes.ts';
import type { Scope } from './config.ts';

const KIND = { COLLECTION: [0x01, 0x02], COLLECTION_GROUP: [0x03, 0x04] } as const;

/** `collection`: the segments of the collection (of the document's collection, when indexing). */
export function automaticPrefix(
  group: number,
  scope: Scope,
  contains: boolean,
  collection: Uint8Array,
  field: string,
): Buffer {
  const kind = KIND[scope][contains ? 1 : 0];
  const covered = scope === 'COLLECTION' ? [collection] : [];
  return Buffer.concat([Buffer.from([kind]), uint32(group), ...covered, escaped(field)]);
}

export function compositePrefix(index: number, scope: Scope, collection: Uint8Array): Buffer {
  const covered = scope === 'COLLECTION' ? [collection] : [];
  return Buffer.concat([Buffer.from([0x05]), uint32(index), ...covered]);
}

export const collectionKey = (segments: readonly string[]): Buffer => prefixKey(segments);
