/** What production refuses to store. Every function throws StatusError INVALID_ARGUMENT. */
import { parseDocumentName } from '../path/resource-name.ts';
import { invalid } from '../status.ts';
import type { Fields, Timestamp, Value } from '../values.ts';
import { documentSize } from './size.ts';
import { isVector } from './vector.ts';

const MAX_DOCUMENT_BYTES = 1_048_576;
const MAX_VALUE_BYTES = 1_048_487; // 1 MiB less 89
const MAX_DEPTH = 20; // maps and arrays inside one another
const MAX_NAME_BYTES = 1500;
const MAX_VECTOR = 2048;
const MIN_SECONDS = -62_135_596_800; // 0001-01-01
const MAX_SECONDS = 253_402_300_799; // 9999-12-31T23:59:59

export function checkFields(fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    checkName(name);
    checkValue(value, 0);
  }
}

/** After transforms and masks, when the document's real size is known. */
export function checkDocumentSize(segments: readonly string[], fields: Fields): void {
  const size = documentSize(segments, fields);
  if (size > MAX_DOCUMENT_BYTES) {
    throw invalid(
      `Document '${segments.join('/')}' cannot be written because its size (${size.toLocaleString('en')} bytes) ` +
        `exceeds the maximum allowed size of ${MAX_DOCUMENT_BYTES.toLocaleString('en')} bytes.`,
    );
  }
}

function checkName(name: string): void {
  if (name === '') throw invalid('Document fields must not be empty.');
  if (/^__.*__$/s.test(name)) throw invalid(`Document fields cannot begin and end with "__": "${name}".`);
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalid('A field name is longer than 1500 bytes.');
}

export function checkValue(value: Value | undefined, depth: number, inArray = false): void {
  if (value === undefined || typeof value !== 'object') throw invalid('A value is missing.');
  if ('arrayValue' in value) {
    if (inArray) throw invalid('Cannot convert an array value in an array value.');
    deeper(depth);
    for (const element of value.arrayValue.values ?? []) checkValue(element, depth + 1, true);
  } else if ('mapValue' in value) {
    deeper(depth);
    const fields = value.mapValue.fields ?? {};
    if (isVector(fields)) return checkVector(fields);
    for (const [name, inner] of Object.entries(fields)) {
      checkName(name);
      checkValue(inner, depth + 1);
    }
  } else checkScalar(value);
}

function checkScalar(value: Value): void {
  if ('integerValue' in value) {
    if (!/^-?\d{1,19}$/.test(String(value.integerValue))) throw invalid('An integer is no int64.');
    const number = BigInt(value.integerValue);
    if (BigInt.asIntN(64, number) !== number) throw invalid('An integer is no int64.');
  } else if ('timestampValue' in value) checkTimestamp(value.timestampValue);
  else if ('referenceValue' in value) parseDocumentName(value.referenceValue);
  else if ('geoPointValue' in value) {
    const { latitude = 0, longitude = 0 } = value.geoPointValue;
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180))
      throw invalid('A geo point is out of range.');
  } else if ('bytesValue' in value) {
    if (!(value.bytesValue instanceof Uint8Array)) throw invalid('Bytes are malformed.');
    checkLength(value.bytesValue.length);
  } else if ('stringValue' in value) {
    if (typeof value.stringValue !== 'string') throw invalid('A string is malformed.');
    if (value.stringValue.length * 3 > MAX_VALUE_BYTES) checkLength(Buffer.byteLength(value.stringValue));
  } else if ('doubleValue' in value) {
    if (typeof value.doubleValue !== 'number') throw invalid('A double is malformed.');
  } else if (!('booleanValue' in value || 'nullValue' in value)) {
    throw invalid('A value has no supported type.');
  }
}

function checkLength(bytes: number): void {
  if (bytes > MAX_VALUE_BYTES) throw invalid(`A value is longer than ${String(MAX_VALUE_BYTES)} bytes.`);
}

function checkTimestamp({ seconds = 0, nanos = 0 }: Timestamp): void {
  const whole = Number(seconds);
  const inRange = whole >= MIN_SECONDS && whole <= MAX_SECONDS && nanos >= 0 && nanos < 1e9;
  if (!inRange || !Number.isInteger(whole)) throw invalid('A timestamp is out of range.');
}

function checkVector(fields: Fields): void {
  const value = fields['value'];
  const elements = value && 'arrayValue' in value ? (value.arrayValue.values ?? []) : undefined;
  if (!elements || Object.keys(fields).length !== 2)
    throw invalid('A vector must consist of one array of numbers.');
  if (elements.length > MAX_VECTOR) throw invalid(`A vector has more than ${String(MAX_VECTOR)} dimensions.`);
  if (!elements.every((element) => 'doubleValue' in element || 'integerValue' in element)) {
    throw invalid('A vector holds something that is no number.');
  }
}

function deeper(depth: number): void {
  if (depth >= MAX_DEPTH) throw invalid('Property contains an invalid nested entity: more than 20 levels.');
}
