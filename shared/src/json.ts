/** Plain JSON, and how it is kept inside a Firestore document. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Firestore nests 20 levels deep; a packed value may itself sit a few levels down. */
const MAX_NATIVE_DEPTH = 12;
/** Every value in a map is an index entry, of which a document may have 40,000, unless its field is exempt. */
const MAX_NATIVE_VALUES = 1_000;
/** A field's name may have 1,500 bytes. Characters. */
const MAX_NATIVE_KEY = 300;

/** JSON that comes in may be nested this deep, so that nothing that walks it can run out of stack. */
export const MAX_JSON_DEPTH = 64;

/**
 * Firestore cannot hold an array directly inside an array, reserves `__x__` field names and limits depth.
 * A value it can hold stays native, so that it reads well in the console; any other becomes `{ $json: text }`.
 */
export function packJson(value: Json): Json {
  return fits(value, 0, false, { left: MAX_NATIVE_VALUES }) ? value : { $json: JSON.stringify(value) };
}

/** The inverse of packJson. */
export function unpackJson(value: Json): Json {
  if (isObject(value) && typeof value['$json'] === 'string' && Object.keys(value).length === 1) {
    return JSON.parse(value['$json']) as Json;
  }
  return value;
}

function fits(value: Json, depth: number, insideArray: boolean, values: { left: number }): boolean {
  values.left -= 1;
  if (depth > MAX_NATIVE_DEPTH || values.left < 0) return false;
  if (Array.isArray(value)) return !insideArray && value.every((item) => fits(item, depth + 1, true, values));
  if (!isObject(value)) return true;
  return Object.entries(value).every(
    ([key, item]) => isFieldName(key) && fits(item, depth + 1, false, values),
  );
}

function isFieldName(key: string): boolean {
  return key !== '' && key !== '$json' && key.length <= MAX_NATIVE_KEY && !/^__.*__$/s.test(key);
}

/** Whether JSON text is nested deeper than `limit`; reads it without building it up. */
export function isNestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === BACKSLASH) i += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125];

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
