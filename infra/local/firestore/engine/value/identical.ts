import type { Fields, Value } from '../values.ts';

/** Same types and same contents: unlike `equalValues`, 1 and 1.0 differ, and so do 0 and -0. */
function identical(a: Value, b: Value): boolean {
  if ('stringValue' in a) return 'stringValue' in b && a.stringValue === b.stringValue;
  if ('integerValue' in a) return 'integerValue' in b && BigInt(a.integerValue) === BigInt(b.integerValue);
  if ('doubleValue' in a) return 'doubleValue' in b && Object.is(a.doubleValue, b.doubleValue);
  if ('booleanValue' in a) return 'booleanValue' in b && a.booleanValue === b.booleanValue;
  if ('nullValue' in a) return 'nullValue' in b;
  if ('referenceValue' in a) return 'referenceValue' in b && a.referenceValue === b.referenceValue;
  if ('bytesValue' in a) return 'bytesValue' in b && Buffer.compare(a.bytesValue, b.bytesValue) === 0;
  if ('timestampValue' in a) {
    if (!('timestampValue' in b)) return false;
    const [x, y] = [a.timestampValue, b.timestampValue];
    return Number(x.seconds ?? 0) === Number(y.seconds ?? 0) && (x.nanos ?? 0) === (y.nanos ?? 0);
  }
  if ('geoPointValue' in a) {
    if (!('geoPointValue' in b)) return false;
    const [x, y] = [a.geoPointValue, b.geoPointValue];
    return (x.latitude ?? 0) === (y.latitude ?? 0) && (x.longitude ?? 0) === (y.longitude ?? 0);
  }
  if ('arrayValue' in a) {
    if (!('arrayValue' in b)) return false;
    const [x, y] = [a.arrayValue.values ?? [], b.arrayValue.values ?? []];
    return x.length === y.length && x.every((element, i) => same(element, y[i]));
  }
  return 'mapValue' in b && identicalFields(a.mapValue.fields ?? {}, b.mapValue.fields ?? {});
}

export function identicalFields(a: Fields, b: Fields): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const value = a[name];
      return value !== undefined && Object.hasOwn(b, name) && same(value, b[name]);
    })
  );
}

const same = (a: Value, b: Value | undefined): boolean => b !== undefined && identical(a, b);
