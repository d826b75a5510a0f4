/** Reading and changing fields by path. Changes copy what they touch; a stored document is never altered in place. */
import type { Fields, Value } from '../values.ts';
import { isVector } from './vector.ts';

export function fieldAt(fields: Fields, path: readonly string[]): Value | undefined {
  let current: Fields = fields;
  for (let i = 0; i < path.length; i += 1) {
    const name = path[i] ?? '';
    const value = Object.hasOwn(current, name) ? current[name] : undefined;
    if (value === undefined || i === path.length - 1) return value;
    if (!('mapValue' in value)) return undefined;
    current = value.mapValue.fields ?? {};
    if (isVector(current)) return undefined;
  }
  return undefined;
}

/** A missing or other value on the way becomes a map. `undefined` removes the field, and creates nothing. */
export function withField(fields: Fields, path: readonly string[], value: Value | undefined): Fields {
  const [name = '', ...rest] = path;
  const existing = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length === 0) return replaced(fields, name, value);
  const isMap = existing !== undefined && 'mapValue' in existing;
  if (value === undefined && !isMap) return fields;
  const inner = isMap ? (existing.mapValue.fields ?? {}) : {};
  return replaced(fields, name, { mapValue: { fields: withField(inner, rest, value) } });
}

function replaced(fields: Fields, name: string, value: Value | undefined): Fields {
  const copy = { ...fields };
  if (value === undefined) delete copy[name];
  else Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** Only the fields named; names of absent fields are ignored. */
export function projected(fields: Fields, paths: readonly (readonly string[])[]): Fields {
  let out: Fields = {};
  for (const path of paths) {
    const value = fieldAt(fields, path);
    if (value !== undefined) out = withField(out, path, value);
  }
  return out;
}
