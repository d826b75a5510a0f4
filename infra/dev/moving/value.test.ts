import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fields, Value } from './messages.ts';
import { decodeFields, encodeFields } from './value.ts';

const HERE = 'projects/here/databases/(default)';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Value>({ nullValue: 'NULL_VALUE' }),
    fc.boolean().map((booleanValue) => ({ booleanValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((n) => ({ integerValue: String(n) })),
    fc
      .oneof(fc.double(), fc.constantFrom(-0, NaN, Infinity, -Infinity))
      .map((doubleValue) => ({ doubleValue })),
    fc.string({ unit: 'binary' }).map((stringValue) => ({ stringValue })),
    fc.uint8Array().map((bytes) => ({ bytesValue: Buffer.from(bytes) })),
    fc
      .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.nat(999_999_999))
      .map(([seconds, nanos]) => ({ timestampValue: { seconds: String(seconds), nanos } })),
    fc
      .tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }))
      .map(([latitude, longitude]) => ({ geoPointValue: { latitude, longitude } })),
    fc
      .constantFrom(`${HERE}/documents/a/b`, 'projects/other/databases/x/documents/a/b')
      .map((referenceValue) => ({
        referenceValue,
      })),
    fc.array(tie('value')).map((values) => ({ arrayValue: { values } })),
    fc.dictionary(fc.string(), tie('value')).map((fields) => ({ mapValue: { fields } })),
  ),
}));

describe('values', () => {
  test('every value comes back as it was, also through text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (fields: Fields) => {
        const text = JSON.stringify(encodeFields(fields, HERE));
        expect(decodeFields(JSON.parse(text), HERE)).toEqual({ ...fields });
        expect(JSON.stringify(encodeFields(decodeFields(JSON.parse(text), HERE), HERE))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('minus zero, the largest integer and the last nanosecond are kept', () => {
    const fields: Fields = {
      zero: { doubleValue: -0 },
      large: { integerValue: '9223372036854775807' },
      time: { timestampValue: { seconds: '253402300799', nanos: 999_999_999 } },
    };
    expect(encodeFields(fields, HERE)).toEqual({
      large: { integerValue: '9223372036854775807' },
      time: { timestampValue: '9999-12-31T23:59:59.999999999Z' },
      zero: { doubleValue: '-0' },
    });
    expect(decodeFields(encodeFields(fields, HERE), HERE)).toEqual(fields);
  });

  test('a reference into the same database points into the new one, another stays', () => {
    const fields: Fields = {
      own: { referenceValue: `${HERE}/documents/users/a` },
      other: { referenceValue: 'projects/q/databases/(default)/documents/users/a' },
    };
    const there = 'projects/there/databases/d';
    expect(decodeFields(encodeFields(fields, HERE), there)).toEqual({
      ...fields,
      own: { referenceValue: `${there}/documents/users/a` },
    });
  });

  test('what nobody wrote is refused', () => {
    const bad = [
      null,
      'text',
      { a: 1 },
      { a: {} },
      { a: { stringValue: 'x', booleanValue: true } },
      { a: { stringValue: 1 } },
      { a: { integerValue: '1.5' } },
      { a: { doubleValue: 'one' } },
      { a: { timestampValue: 'yesterday' } },
      { a: { arrayValue: {} } },
      { a: { mapValue: null } },
      { a: { unheardOf: 'x' } },
    ];
    for (const fields of bad) expect(() => decodeFields(fields, HERE), JSON.stringify(fields)).toThrow();
  });
});
