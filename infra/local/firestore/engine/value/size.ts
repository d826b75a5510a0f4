/** Sizes as production computes them: https://firebase.google.com/docs/firestore/storage-size */
import type { Fields, Value } from '../values.ts';

const text = (value: string): number => Buffer.byteLength(value) + 1;

export const documentSize = (segments: readonly string[], fields: Fields): number =>
  segments.reduce((sum, segment) => sum + text(segment), 16) + fieldsSize(fields) + 32;

function fieldsSize(fields: Fields): number {
  let size = 0;
  for (const [name, value] of Object.entries(fields)) size += text(name) + valueSize(value);
  return size;
}

function valueSize(value: Value): number {
  if ('stringValue' in value) return text(value.stringValue);
  if ('bytesValue' in value) return value.bytesValue.length;
  if ('mapValue' in value) return fieldsSize(value.mapValue.fields ?? {});
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).reduce((sum, v) => sum + valueSize(v), 0);
  if ('referenceValue' in value) {
    return value.referenceValue
      .split('/')
      .slice(5)
      .reduce((sum, segment) => sum + text(segment), 16);
  }
  if ('geoPointValue' in value) return 16;
  return 'booleanValue' in value || 'nullValue' in value ? 1 : 8;
}
