/**
 * Firestore's values as JSON, as protobuf's own JSON mapping has them (https://protobuf.dev/programming-guides/json), and back.
 * What that mapping would lose is kept: `-0` is text as `NaN` is, and a reference into the same database begins with `./`.
 */
import type { Fields, Timestamp, Value } from './messages.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonFields = Record<string, Json>;

/** What every document's name begins with: `projects/P/databases/D/documents/`. */
export const documentsOf = (database: string): string => `${database}/documents/`;

/** Keys are sorted, so that equal documents are equal texts. */
export function encodeFields(fields: Fields, database: string): JsonFields {
  const keys = Object.keys(fields).toSorted();
  return Object.fromEntries(keys.map((key) => [key, encode(fields[key] ?? {}, database)]));
}

/** Throws when it is of no form that `encodeFields` gives. */
export function decodeFields(fields: unknown, database: string): Fields {
  if (!isRecord(fields)) throw new Error('Fields must be an object.');
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, decode(value, database)]));
}

function encode(value: Value, database: string): Json {
  if (value.arrayValue) {
    return { arrayValue: { values: (value.arrayValue.values ?? []).map((one) => encode(one, database)) } };
  }
  if (value.mapValue) return { mapValue: { fields: encodeFields(value.mapValue.fields ?? {}, database) } };
  if (value.timestampValue) return { timestampValue: toRfc3339(value.timestampValue) };
  if (value.geoPointValue) {
    const { latitude, longitude } = value.geoPointValue;
    return {
      geoPointValue: { latitude: toJsonNumber(latitude ?? 0), longitude: toJsonNumber(longitude ?? 0) },
    };
  }
  if (typeof value.referenceValue === 'string') {
    const here = documentsOf(database);
    const { referenceValue: name } = value;
    return { referenceValue: name.startsWith(here) ? `./${name.slice(here.length)}` : name };
  }
  if (value.bytesValue != null) return { bytesValue: Buffer.from(value.bytesValue).toString('base64') };
  if (typeof value.doubleValue === 'number') return { doubleValue: toJsonNumber(value.doubleValue) };
  if (value.integerValue != null) return { integerValue: String(value.integerValue) };
  if (typeof value.booleanValue === 'boolean') return { booleanValue: value.booleanValue };
  if (typeof value.stringValue === 'string') return { stringValue: value.stringValue };
  if (value.nullValue != null) return { nullValue: null };
  throw new Error(`A value of a kind that cannot be moved: ${Object.keys(value).join(', ')}`);
}

function decode(value: unknown, database: string): Value {
  const [entry, ...more] = isRecord(value) ? Object.entries(value) : [];
  if (entry === undefined || more.length > 0) throw new Error('A value must be an object with one key.');
  const [kind, content] = entry;
  const wrong = (): Error => new Error(`${kind} cannot be ${JSON.stringify(content)?.slice(0, 100)}`);
  switch (kind) {
    case 'arrayValue': {
      if (!isRecord(content) || !Array.isArray(content['values'])) throw wrong();
      return { arrayValue: { values: content['values'].map((one) => decode(one, database)) } };
    }
    case 'mapValue':
      if (!isRecord(content)) throw wrong();
      return { mapValue: { fields: decodeFields(content['fields'], database) } };
    case 'timestampValue':
      return { timestampValue: fromRfc3339(content) ?? raise(wrong()) };
    case 'geoPointValue': {
      if (!isRecord(content)) throw wrong();
      const { latitude, longitude } = content;
      return {
        geoPointValue: {
          latitude: fromJsonNumber(latitude) ?? raise(wrong()),
          longitude: fromJsonNumber(longitude) ?? raise(wrong()),
        },
      };
    }
    case 'doubleValue':
      return { doubleValue: fromJsonNumber(content) ?? raise(wrong()) };
    case 'nullValue':
      if (content !== null) throw wrong();
      return { nullValue: 'NULL_VALUE' };
    case 'booleanValue':
      if (typeof content !== 'boolean') throw wrong();
      return { booleanValue: content };
  }
  if (typeof content !== 'string') throw wrong();
  switch (kind) {
    case 'referenceValue':
      return {
        referenceValue: content.startsWith('./') ? documentsOf(database) + content.slice(2) : content,
      };
    case 'bytesValue':
      return { bytesValue: Buffer.from(content, 'base64') };
    case 'integerValue':
      if (!/^-?\d{1,19}$/.test(content)) throw wrong();
      return { integerValue: content };
    case 'stringValue':
      return { stringValue: content };
    default:
      throw new Error(`A value of an unknown kind: ${kind}`);
  }
}

function toJsonNumber(value: number): Json {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}

function fromJsonNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === '-0' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'
    ? Number(value)
    : undefined;
}

function toRfc3339({ seconds, nanos }: Timestamp): string {
  const whole = new Date(Number(seconds ?? 0) * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanos ?? 0).padStart(9, '0')}Z`;
}

function fromRfc3339(text: unknown): { seconds: string; nanos: number } | undefined {
  const [, whole, nanos] =
    (typeof text === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z$/.exec(text) : null) ?? [];
  const ms = Date.parse(`${whole}Z`);
  return nanos === undefined || Number.isNaN(ms)
    ? undefined
    : { seconds: String(ms / 1000), nanos: Number(nanos) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function raise(error: Error): never {
  throw error;
}
