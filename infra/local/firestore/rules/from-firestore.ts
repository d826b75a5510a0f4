/** Firestore's documents and values as values of the rules language. */
import type { Document, Fields, Timestamp, Value } from '../engine/types.ts';
import { bool, float, int, lazyMap, list, map, NULL, path, string, timestamp } from './value.ts';
import type { RuleValue } from './value.ts';

const NANOS_PER_SECOND = 1_000_000_000n;

export function fromValue(value: Value): RuleValue {
  if ('booleanValue' in value) return bool(value.booleanValue);
  if ('integerValue' in value) return int(BigInt(value.integerValue));
  if ('doubleValue' in value) return float(value.doubleValue);
  if ('timestampValue' in value) return timestamp(nanosOf(value.timestampValue));
  if ('stringValue' in value) return string(value.stringValue);
  if ('bytesValue' in value) return { type: 'bytes', value: value.bytesValue };
  if ('referenceValue' in value) return path(rulesPath(value.referenceValue));
  if ('geoPointValue' in value) {
    const { latitude = 0, longitude = 0 } = value.geoPointValue;
    return { type: 'latlng', latitude, longitude };
  }
  if ('arrayValue' in value) return list((value.arrayValue.values ?? []).map(fromValue));
  if ('mapValue' in value) return map(entriesOf(value.mapValue.fields ?? {}));
  return NULL;
}

/** `resource` of a document; null when there is none. The fields are converted only if a rule looks at them. */
export function resourceOf(document: Document | undefined): RuleValue {
  if (!document) return NULL;
  return resource(
    document.name,
    lazyMap(() => new Map(entriesOf(document.fields ?? {}))),
  );
}

export function resource(name: string, data: RuleValue): RuleValue {
  const segments = rulesPath(name);
  return map([
    ['data', data],
    ['id', string(segments.at(-1) ?? '')],
    ['__name__', path(segments)],
  ]);
}

/** `projects/P/databases/D/documents/...` is `/databases/D/documents/...` to the rules. */
export const rulesPath = (name: string): string[] => name.split('/').slice(2);

const nanosOf = ({ seconds = 0, nanos = 0 }: Timestamp): bigint =>
  BigInt(seconds) * NANOS_PER_SECOND + BigInt(nanos);

/** Token claims: JSON values. */
export function fromJson(value: unknown): RuleValue {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? int(value) : float(value);
  if (Array.isArray(value)) return list(value.map(fromJson));
  if (typeof value !== 'object' || value === null) return NULL;
  return map(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
}

const entriesOf = (fields: Fields): [string, RuleValue][] =>
  Object.entries(fields).map(([key, value]) => [key, fromValue(value)]);
