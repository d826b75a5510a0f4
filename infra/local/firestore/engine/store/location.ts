import { segmentsOfKey } from '../path/path-key.ts';
import { formatName } from '../path/resource-name.ts';
import type { Location } from './document.ts';
import type { Group } from './groups.ts';

/** Where the document with this key lies. */
export function locationOf(group: Group, key: Uint8Array): Location {
  const segments = segmentsOfKey(key);
  const { database, collectionId } = group;
  return {
    name: formatName({ database, segments }),
    database,
    segments,
    collectionId,
    key: Buffer.from(key),
  };
}
