import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '@longrun/shared';

/**
 * Whether `whole` has everything that `part` has, as the operator `@>` of Postgres does for JSON: objects may hold more
 * keys, and each item of a list is contained in some item of the other.
 */
export function jsonContains(whole: Json | undefined, part: Json): boolean {
  if (isObject(part)) {
    return (
      isObject(whole) &&
      Object.entries(part).every(
        ([key, value]) => Object.hasOwn(whole, key) && jsonContains(whole[key], value),
      )
    );
  }
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((one) => jsonContains(one, item)));
  }
  return isDeepStrictEqual(whole, part);
}
