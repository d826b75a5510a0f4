import { isObject, type Json } from './json.ts';

/**
 * The same JSON without half characters (lone surrogates), in texts and in names. UTF-8 has none, so a document would
 * hold something else than what was written. What is well formed already is not copied.
 */
export function wellFormed<T extends Json>(value: T): T;
export function wellFormed(value: Json): Json {
  return isWellFormed(value) ? value : mended(value);
}

function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (!isObject(value)) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

function mended(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(mended);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), mended(item)]));
}
