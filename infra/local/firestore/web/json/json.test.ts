import { assert, json as anyJson, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatusError } from '../../engine/status.ts';
import { messageFromJson } from './from-json.ts';
import { AGGREGATION_REQUEST, DOCUMENT, LISTEN_REQUEST, QUERY_REQUEST, VALUE } from './schema.ts';
import { messageToJson } from './to-json.ts';

describe('text that is not well formed', () => {
  it.each([
    { stringValue: 'a\ud83d' },
    { stringValue: '\ude42' },
    { mapValue: { fields: { 'name\ud83d': { booleanValue: true } } } },
    { arrayValue: { values: [{ stringValue: '\ud83d\ud83d' }] } },
    { referenceValue: 'projects/p/databases/d/documents/a/\ud83d' },
  ])('%j is refused', (json) => {
    expect(() => messageFromJson(VALUE, json)).toThrow(StatusError);
  });

  it('a pair of halves is a character', () => {
    expect(messageFromJson(VALUE, { stringValue: '\ud83d\ude42' })).toEqual({ stringValue: '🙂' });
  });
});

describe('values', () => {
  it.each([
    [{ nullValue: null }, { nullValue: 'NULL_VALUE' }],
    [{ booleanValue: false }, { booleanValue: false }],
    [{ integerValue: '-9223372036854775808' }, { integerValue: '-9223372036854775808' }],
    [{ doubleValue: 1.5 }, { doubleValue: 1.5 }],
    [{ doubleValue: 'NaN' }, { doubleValue: NaN }],
    [{ doubleValue: '-Infinity' }, { doubleValue: -Infinity }],
    [{ doubleValue: '-0' }, { doubleValue: -0 }],
    [{ stringValue: '' }, { stringValue: '' }],
    [{ bytesValue: '//8=' }, { bytesValue: Uint8Array.of(255, 255) }],
    [
      { timestampValue: '2026-01-02T03:04:05.000006Z' },
      { timestampValue: { seconds: '1767323045', nanos: 6000 } },
    ],
    [{ timestampValue: '0001-01-01T00:00:00Z' }, { timestampValue: { seconds: '-62135596800', nanos: 0 } }],
    [{ geoPointValue: { latitude: 1, longitude: -2 } }, { geoPointValue: { latitude: 1, longitude: -2 } }],
    [
      { arrayValue: { values: [{ nullValue: null }] } },
      { arrayValue: { values: [{ nullValue: 'NULL_VALUE' }] } },
    ],
    [
      { mapValue: { fields: { a: { booleanValue: true } } } },
      { mapValue: { fields: { a: { booleanValue: true } } } },
    ],
  ])('%j there and back', (json, message) => {
    expect(messageFromJson(VALUE, json)).toEqual(message);
    expect(messageToJson(VALUE, message)).toEqual(json);
  });

  it.each([
    [{ nullValue: 'NULL_VALUE' }, { nullValue: 'NULL_VALUE' }],
    [{ integerValue: 5 }, { integerValue: '5' }],
    [{ doubleValue: 3 }, { doubleValue: 3 }],
    [{ bytesValue: '__8' }, { bytesValue: Uint8Array.of(255, 255) }],
    [
      { timestampValue: '2026-01-01T01:00:00.5+01:00' },
      { timestampValue: { seconds: '1767225600', nanos: 5e8 } },
    ],
    [{ timestampValue: { seconds: 7 } }, { timestampValue: { seconds: '7', nanos: 0 } }],
    [{ string_value: 'x' }, { stringValue: 'x' }],
    [{ stringValue: null }, {}],
  ])('%j is accepted as well', (json, message) => {
    expect(messageFromJson(VALUE, json)).toEqual(message);
  });

  it('a field named __proto__ is data like any other', () => {
    const json: unknown = JSON.parse('{"fields":{"__proto__":{"booleanValue":true}}}');
    const message = messageFromJson<object>(DOCUMENT, json);
    expect(JSON.stringify(message)).toBe('{"fields":{"__proto__":{"booleanValue":true}}}');
    expect(JSON.stringify(messageToJson(DOCUMENT, message))).toBe(JSON.stringify(json));
  });
});

describe('requests', () => {
  it('wrappers and enums, by name or number', () => {
    const query = { structuredQuery: { limit: 5, orderBy: [{ field: { fieldPath: 'a' }, direction: 2 }] } };
    expect(messageFromJson(QUERY_REQUEST, query)).toEqual({
      structuredQuery: {
        limit: { value: 5 },
        orderBy: [{ field: { fieldPath: 'a' }, direction: 'DESCENDING' }],
      },
    });
    const count = { structuredAggregationQuery: { aggregations: [{ count: { upTo: '7' } }] } };
    expect(messageFromJson(AGGREGATION_REQUEST, count)).toEqual({
      structuredAggregationQuery: { aggregations: [{ count: { upTo: { value: '7' } } }] },
    });
    expect(messageFromJson(LISTEN_REQUEST, { addTarget: { expectedCount: 3 } })).toEqual({
      addTarget: { expectedCount: { value: 3 } },
    });
  });

  it.each([
    [[], 'Expected an object'],
    [{ nope: 1 }, 'Unknown name "nope"'],
    [{ constructor: 1 }, 'Unknown name "constructor"'],
    [{ fields: { a: { nope: 1 } } }, `Unknown name "nope" at 'fields.a'`],
    [{ fields: { a: { integerValue: '9223372036854775808' } } }, "Expected int64 at 'fields.a.integerValue'"],
    [{ fields: { a: { integerValue: 1.5 } } }, 'int64'],
    [{ fields: { a: { booleanValue: 'yes' } } }, 'bool'],
    [{ fields: { a: { bytesValue: '***' } } }, 'bytes'],
    [{ fields: { a: { timestampValue: 'yesterday' } } }, 'timestamp'],
    [{ fields: { a: { arrayValue: { values: {} } } } }, 'Expected a list'],
    [{ fields: [] }, 'Expected an object'],
  ])('%j is refused: %s', (json, message) => {
    expect(() => messageFromJson(DOCUMENT, json)).toThrow(message);
  });

  it('nesting without end is refused, not followed', () => {
    let json: unknown = { nullValue: null };
    for (let i = 0; i < 5000; i += 1) json = { arrayValue: { values: [json] } };
    expect(() => messageFromJson(VALUE, json)).toThrow('nested too deep');
  });

  it('whatever arrives is read or refused as INVALID_ARGUMENT', () => {
    assert(
      property(anyJson(), (text) => {
        try {
          messageFromJson(QUERY_REQUEST, { structuredQuery: JSON.parse(text) });
          messageFromJson(DOCUMENT, { fields: { a: JSON.parse(text) } });
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError);
        }
      }),
    );
  });
});
