/** With declared indexes, sums, averages and nearest neighbours are served exactly where production serves them. */
import { AggregateField, FieldValue } from '@google-cloud/firestore';
import type { AggregateQuery, Query } from '@google-cloud/firestore';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const by = (fieldPath: string, order = 'ASCENDING'): object => ({ fieldPath, order });
const vector = (fieldPath: string, dimension: number): object => ({
  fieldPath,
  vectorConfig: { dimension, flat: {} },
});
const index = (fields: object[], queryScope = 'COLLECTION'): object => ({
  collectionGroup: 'items',
  queryScope,
  fields,
});
const indexes = JSON.stringify({
  indexes: [
    index([by('kind'), by('size', 'DESCENDING')]),
    index([by('kind'), by('age'), by('size')]),
    index([by('kind'), by('size')], 'COLLECTION_GROUP'),
    index([vector('place', 2)]),
    index([by('kind'), by('__name__'), vector('place', 2)]),
    index([{ fieldPath: 'text', searchConfig: { textSpec: { indexSpecs: [] } } }]),
  ],
  fieldOverrides: [{ collectionGroup: 'items', fieldPath: 'bare', indexes: [] }],
});
const { db } = await start({ indexes });
const items = db.collection('users/a/items');
const group = db.collectionGroup('items');
const a = items.where('kind', '==', 'a');

beforeAll(async () => {
  for (let i = 0; i < 6; i += 1) {
    await items.doc(`i${String(i)}`).set({
      kind: i % 2 === 0 ? 'a' : 'b',
      size: i,
      age: 10 - i,
      bare: i,
      place: FieldValue.vector([i, 0]),
    });
  }
});

const sum = (query: Query, ...fields: string[]): AggregateQuery<Record<string, AggregateField<number>>> =>
  query.aggregate(Object.fromEntries(fields.map((field) => [field, AggregateField.sum(field)])));

describe('sums and averages', () => {
  test.each<[string, ReturnType<typeof sum>, object]>([
    ['one field alone', sum(items, 'size'), { size: 15 }],
    ['the field that is filtered', sum(items.where('size', '>', 3), 'size'), { size: 9 }],
    ['a filter and a field, by an index in either direction', sum(a, 'size'), { size: 6 }],
    ['an index that holds both fields', sum(a, 'size', 'age'), { size: 6, age: 24 }],
    ['a filter, an order and a field', sum(a.where('age', '<', 9), 'size'), { size: 6 }],
    ['a collection group', sum(group.where('kind', '==', 'b'), 'size'), { size: 9 }],
  ])('served: %s', async (_, query, result) => {
    expect((await query.get()).data()).toEqual(result);
  });

  test.each<[string, ReturnType<typeof sum>]>([
    ['two fields without a composite index', sum(items, 'size', 'age')],
    ['a filter and a field of no index', sum(a, 'other')],
    ['a filter on another field', sum(items.where('age', '==', 9), 'size')],
    ['an exempted field', sum(items, 'bare')],
    ['a field that is not declared for groups', sum(group, 'size')],
  ])('refused: %s', async (_, query) => {
    const pending = query.get();
    expect(await codeOf(pending)).toBe(CODE.FAILED_PRECONDITION);
    await expect(pending).rejects.toThrow('The query requires an index.');
  });

  test('counting asks for no more than the query', async () => {
    expect((await items.where('age', '==', 9).count().get()).data()).toEqual({ count: 1 });
  });
});

describe('nearest neighbours', () => {
  const near = (query: Query, vectorField = 'place', queryVector = [4, 0]) =>
    query.findNearest({ vectorField, queryVector, limit: 2, distanceMeasure: 'EUCLIDEAN' }).get();

  test('are found by a vector index', async () => {
    expect((await near(items)).docs.map(({ id }) => id)).toEqual(['i4', 'i3']);
    expect((await near(a)).docs.map(({ id }) => id)).toEqual(['i4', 'i2']);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['another field', () => near(items, 'other')],
    ['another number of dimensions', () => near(items, 'place', [4, 0, 0])],
    ['a filter that the index does not hold', () => near(items.where('age', '==', 9))],
    ['a collection group', () => near(group)],
  ])('refused: %s', async (_, find) => {
    const pending = find();
    expect(await codeOf(pending)).toBe(CODE.FAILED_PRECONDITION);
    await expect(pending).rejects.toThrow('Missing vector index configuration.');
  });
});

test.each([
  ['two vectors', [vector('a', 2), vector('b', 2)]],
  ['no dimension', [{ fieldPath: 'a', vectorConfig: {} }]],
])('an index of %s stops the start', async (_, fields) => {
  await expect(start({ indexes: JSON.stringify({ indexes: [index(fields)] }) })).rejects.toThrow(
    'invalid index configuration',
  );
});
