/**
 * Values as keys whose byte order is Firestore's order across types: null, boolean, NaN, number, timestamp, string, bytes,
 * reference, geo point, array, vector, map. Equal keys mean equal values (1 and 1.0, 0 and -0 are equal).
 * Every key is self-delimiting, so keys can be concatenated, and inverted for descending order.
 * Source: https://firebase.google.com/docs/firestore/manage-data/data-types
 */
import { prefixKey } from '../path/path-key.ts';
import type { Fields, Value } from '../values.ts';
import { escaped, orderedDouble, orderedInt64, uint32 } from './bytes.ts';
import { isVector, vectorElements } from './vector.ts';

export const TAG = {
  null: 0x05,
  boolean: 0x10,
  nan: 0x20,
  number: 0x21,
  timestamp: 0x30,
  string: 0x40,
  bytes: 0x50,
  reference: 0x60,
  geoPoint: 0x70,
  array: 0x80,
  vector: 0x90,
  map: 0xa0,
} as const;

const END = Buffer.from([0x00]);

export function encodeValue(value: Value): Buffer {
  const parts: Buffer[] = [];
  append(parts, value);
  return Buffer.concat(parts);
}

function append(parts: Buffer[], value: Value): void {
  if ('stringValue' in value) parts.push(tag(TAG.string), escaped(value.stringValue));
  else if ('integerValue' in value) parts.push(tag(TAG.number), integerKey(BigInt(value.integerValue)));
  else if ('doubleValue' in value) parts.push(doubleKey(value.doubleValue));
  else if ('booleanValue' in value) parts.push(tag(TAG.boolean), Buffer.from([value.booleanValue ? 1 : 0]));
  else if ('timestampValue' in value) {
    const { seconds = 0, nanos = 0 } = value.timestampValue;
    parts.push(tag(TAG.timestamp), orderedInt64(BigInt(seconds)), uint32(nanos));
  } else if ('nullValue' in value) parts.push(tag(TAG.null));
  else if ('bytesValue' in value) parts.push(tag(TAG.bytes), escaped(value.bytesValue));
  else if ('referenceValue' in value) {
    parts.push(tag(TAG.reference), prefixKey(value.referenceValue.split('/')), END);
  } else if ('geoPointValue' in value) {
    const { latitude = 0, longitude = 0 } = value.geoPointValue;
    parts.push(tag(TAG.geoPoint), orderedDouble(latitude), orderedDouble(longitude));
  } else if ('arrayValue' in value) {
    parts.push(tag(TAG.array));
    for (const element of value.arrayValue.values ?? []) append(parts, element);
    parts.push(END);
  } else appendMap(parts, value.mapValue.fields ?? {});
}

function appendMap(parts: Buffer[], fields: Fields): void {
  if (isVector(fields)) {
    const elements = vectorElements(fields);
    parts.push(tag(TAG.vector), uint32(elements.length), ...elements.map(orderedDouble));
    return;
  }
  parts.push(tag(TAG.map));
  const entries = Object.entries(fields).map(([key, value]) => ({ key: escaped(key), value }));
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  for (const { key, value } of entries) {
    parts.push(tag(0x02), key);
    append(parts, value);
  }
  parts.push(END);
}

const TAGS = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]));
const tag = (byte: number): Buffer => TAGS[byte] ?? Buffer.from([byte]);

const RESIDUAL_OFFSET = 0x8000;

/** The nearest double, then how far the integer lies from it: integers and doubles sort together, exactly. */
function integerKey(value: bigint): Buffer {
  const double = Number(value);
  const out = Buffer.allocUnsafe(10);
  orderedDouble(double).copy(out);
  out.writeUInt16BE(Number(value - BigInt(double)) + RESIDUAL_OFFSET, 8);
  return out;
}

function doubleKey(value: number): Buffer {
  if (Number.isNaN(value)) return tag(TAG.nan);
  const out = Buffer.allocUnsafe(11);
  out[0] = TAG.number;
  orderedDouble(value).copy(out, 1);
  out.writeUInt16BE(RESIDUAL_OFFSET, 9);
  return out;
}

export const compareValues = (a: Value, b: Value): number => Buffer.compare(encodeValue(a), encodeValue(b));
export const equalValues = (a: Value, b: Value): boolean => encodeValue(a).equals(encodeValue(b));
