import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '@longrun/shared';

/** What an object's metadata must say for somebody to see it: a value, `$eq` a value, or `$contains` one or several. */
export type Filters = JsonObject;

const OPERATORS = ['$eq', '$contains'];

/** Why these are no filters that anything could be held against; null: they are. */
export function wrongWith(filters: unknown): string | null {
  if (typeof filters !== 'object' || filters === null || Array.isArray(filters)) {
    return 'it returned neither a filter, nor true, false or nothing';
  }
  for (const [key, wanted] of Object.entries(filters)) {
    const problem = wrongIn(wanted);
    // As JSON it would be left out, and let everything pass.
    if (problem !== null) return `its filter for ${JSON.stringify(key)} ${problem}`;
  }
  return null;
}

function wrongIn(wanted: unknown): string | null {
  if (wanted === undefined) return 'is undefined';
  if (typeof wanted === 'function' || typeof wanted === 'symbol') return `is a ${typeof wanted}`;
  if (typeof wanted !== 'object' || wanted === null) return null;
  const entries = Object.entries(wanted);
  const isKnown = entries.length > 0 && entries.every(([name]) => OPERATORS.includes(name));
  if (Array.isArray(wanted) || !isKnown)
    return 'is neither a value, nor {"$eq": ...}, nor {"$contains": ...}';
  return entries.some(([, value]) => value === undefined) ? 'is undefined' : null;
}

/** Whether an object with this metadata passes. */
export function passes(filters: Filters | null, metadata: Json): boolean {
  if (filters === null) return true;
  const held = isObject(metadata) ? metadata : {};
  return Object.entries(filters).every(([key, wanted]) => {
    const value = Object.hasOwn(held, key) ? held[key] : undefined;
    if (!isObject(wanted)) return isDeepStrictEqual(value, wanted);
    return Object.entries(wanted).every(([operator, operand]) =>
      operator === '$eq' ? isDeepStrictEqual(value, operand) : containsAll(value, operand),
    );
  });
}

function containsAll(list: Json | undefined, wanted: Json | undefined): boolean {
  if (!Array.isArray(list)) return false;
  return (Array.isArray(wanted) ? wanted : [wanted]).every((one) =>
    list.some((item) => isDeepStrictEqual(item, one)),
  );
}
