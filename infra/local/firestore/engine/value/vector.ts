/** Vectors travel as maps: `{ __type__: '__vector__', value: [doubles] }`. */
import type { Fields } from '../values.ts';

export function isVector(fields: Fields): boolean {
  const type = fields['__type__'];
  return type !== undefined && 'stringValue' in type && type.stringValue === '__vector__';
}

export function vectorElements(fields: Fields): number[] {
  const value = fields['value'];
  if (!value || !('arrayValue' in value)) return [];
  return (value.arrayValue.values ?? []).map((element) => {
    if ('doubleValue' in element) return element.doubleValue;
    return 'integerValue' in element ? Number(element.integerValue) : Number.NaN;
  });
}
