/** Plain JSON, and how it is kept inside a Firestore document. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Firestore nests 20 levels deep; a packed value may itself sit a few levels down. */
const MAX_NATIVE_DEPTH = 12;

/**
 * Firestore cannot hold an array directly inside an array, reserves `__x__` field names and limits depth.
 * A value it can hold stays native, so that it reads well in the console; any other becomes `{ $json: text }`.
 */
export function packJson(value: Json): Json {
  return fits(value, 0, false) ? value : { $json: JSON.stringify(value) };
}

/** The inverse of packJson. */
export function unpackJson(value: Json): Json {
  if (isObject(value) && typeof value['$json'] === 'string' && Object.keys(value).length === 1) {
    return JSON.parse(value['$json']) as Json;
  }
  return value;
}

function fits(value: Json, depth: number, insideArray: boolean): boolean {
  if (depth > MAX_NATIVE_DEPTH) return false;
  if (Array.isArray(value)) return !insideArray && value.every((item) => fits(item, depth + 1, true));
  if (!isObject(value)) return true;
  return Object.entries(value).every(
    ([key, item]) => key !== '' && key !== '$json' && !/^__.*__$/s.test(key) && fits(item, depth + 1, false),
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Length of the value's JSON text in UTF-8 bytes. */
export function jsonBytes(value: Json): number {
  return utf8Bytes(JSON.stringify(value));
}

const encoder = new TextEncoder();
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Turns what a graph produced into plain JSON: class instances by their `toJSON`, bigint and functions by
 * their text, cycles and depth cut off. Never throws.
 */
export function toJson(value: unknown): Json {
  const seen = new WeakSet();
  const walk = (item: unknown, depth: number): Json | undefined => {
    switch (typeof item) {
      case 'string':
      case 'boolean':
        return item;
      case 'number':
        return Number.isFinite(item) ? item : null;
      case 'bigint':
        return item.toString();
      case 'object':
        return item === null ? null : walkObject(item, depth);
      default:
        return undefined;
    }
  };
  const walkObject = (item: object, depth: number): Json => {
    if (depth > 64 || seen.has(item)) return null;
    seen.add(item);
    const result = expand(item, depth);
    seen.delete(item);
    return result;
  };
  const expand = (item: object, depth: number): Json => {
    if ('toJSON' in item && typeof item.toJSON === 'function') {
      const plain: unknown = item.toJSON();
      return (plain === item ? null : walk(plain, depth + 1)) ?? null;
    }
    if (Array.isArray(item)) return item.map((entry) => walk(entry, depth + 1) ?? null);
    if (item instanceof Map) return expand(Object.fromEntries(item), depth);
    if (item instanceof Set) return expand([...item], depth);
    if (item instanceof Error) return { name: item.name, message: item.message };
    if (ArrayBuffer.isView(item)) return `${item.byteLength} bytes`;
    const out: JsonObject = {};
    for (const [key, entry] of Object.entries(item)) {
      const plain = walk(entry, depth + 1);
      if (plain !== undefined) out[key] = plain;
    }
    return out;
  };
  return walk(value, 0) ?? null;
}
