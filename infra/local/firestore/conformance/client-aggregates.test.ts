/**
 * What the system tests of Google's own Node client ask of a server, said again in short: sums, averages and nearest neighbours.
 * https://github.com/googleapis/nodejs-firestore/blob/main/dev/system-test/firestore.ts
 */
import { AggregateField, FieldPath, FieldValue, Timestamp } from '@google-cloud/firestore';
import type { CollectionReference, DocumentData, Query, VectorQueryOptions } from '@google-cloud/firestore';
import { describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { db, collection } = await start();

async function fill(documents: Record<string, DocumentData>): Promise<CollectionReference> {
  const group = collection();
  const batch = db.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(group.doc(id), data);
  await batch.commit();
  return group;
}

describe('aggregations', () => {
  const MAX = Number.MAX_VALUE;
  test.each<[unknown[], number, number | null]>([
    [[5, 4.5, 3], 12.5, 12.5 / 3],
    [[5, 4.5, 3.5], 13, 13 / 3],
    [[2 ** 62, 2 ** 62, 2 ** 62], 3 * 2 ** 62, 2 ** 62],
    [[Number.MAX_SAFE_INTEGER, 1, -101], Number.MAX_SAFE_INTEGER - 100, (Number.MAX_SAFE_INTEGER - 100) / 3],
    [[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -101, -10_000], -10_101, -2525.25],
    [[MAX, MAX], Infinity, Infinity],
    [[MAX, 1e293], Infinity, Infinity],
    [[-MAX, -MAX], -Infinity, -Infinity],
    [[5, Number.NaN, 0], Number.NaN, Number.NaN],
    [[5, '3', 1, null], 6, 3],
    [[5e-324], 5e-324, 5e-324],
    [[5e-324, 0], 5e-324, 0],
    [['x'], 0, null],
  ])('of %j: sum %d, average %d', async (values, sum, average) => {
    const group = await fill(Object.fromEntries(values.map((n, i) => [String(i), { deep: { n } }])));
    const asked = group.aggregate({
      sum: AggregateField.sum('deep.n'),
      average: AggregateField.average('deep.n'),
      'with-un/su+pp[or]`ted.': AggregateField.count(),
      ['long'.repeat(4000)]: AggregateField.count(),
    });
    const got = (await asked.get()).data();
    expect([got.sum, got.average, got['with-un/su+pp[or]`ted.']]).toEqual([sum, average, values.length]);
    expect((await db.runTransaction((t) => t.get(asked))).data()).toEqual(got);
  });

  test('at a time in the past, within cursors, within limits', async () => {
    const group = collection();
    const { writeTime } = await group.doc('a').create({ num: 5 });
    await group.doc('b').create({ num: 7 });
    const count = (readTime: Timestamp): Promise<number> =>
      db.runTransaction(async (t) => (await t.get(group.count())).data().count, { readOnly: true, readTime });
    expect(await count(writeTime)).toBe(1);
    expect(await count(Timestamp.fromMillis(writeTime.toMillis() - 1))).toBe(0);
    const sum = async (query: Query): Promise<number> =>
      (await query.aggregate({ sum: AggregateField.sum('num') }).get()).data().sum;
    const a = await group.doc('a').get();
    expect(await sum(group.orderBy('num').startAfter(a))).toBe(7);
    expect(await sum(group.where('num', '>', 0).startAfter(a))).toBe(7);
    expect(
      await sum(
        group
          .where('num', '>', 5)
          .orderBy('num')
          .orderBy(FieldPath.documentId())
          .startAfter(5, group.doc('a')),
      ),
    ).toBe(7);
    expect(await sum(group.orderBy('num').startAt(5).endBefore(7))).toBe(5);
    expect(await sum(group.where('num', '==', 5).orderBy('num').startAt(5))).toBe(5);
    const six = Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`c${String(i)}`, AggregateField.count()]),
    );
    await expect(group.aggregate(six).get()).rejects.toThrow(/maximum number of aggregations/);
  });
});

describe('nearest neighbours', async () => {
  const v = FieldValue.vector;
  const group = await fill({
    1: { foo: 'bar' },
    2: { foo: 'bar', e: v([2, 0]), distance: 'text' },
    3: { foo: 'bar', e: v([1, 100]) },
    4: { foo: 'x', e: v([-20, 0]) },
    5: { foo: 'bar', e: v([0.1, 4]) },
    6: { foo: 'bar', e: [10, 10] },
    7: { foo: 'bar', e: null, nested: { e: v([3, 3]) } },
    8: { foo: 'bar', e: v([1]) },
  });
  const near: VectorQueryOptions = {
    vectorField: 'e',
    queryVector: [1, 0],
    limit: 10,
    distanceMeasure: 'DOT_PRODUCT',
  };
  const found = async (query: { get(): Promise<{ docs: { id: string }[] }> }): Promise<string> =>
    (await query.get()).docs.map(({ id }) => id).join('');

  test('only vectors of as many dimensions, after the filters', async () => {
    expect(await found(group.findNearest(near))).toBe('2354');
    expect(await found(group.where('foo', '==', 'bar').findNearest(near))).toBe('235');
    expect(await found(group.findNearest({ ...near, vectorField: 'nested.e' }))).toBe('7');
    expect(await found(group.findNearest({ ...near, vectorField: 'none' }))).toBe('');
  });

  test('thresholds, limits, and the distance as a field, also of a projection', async () => {
    expect(await found(group.findNearest({ ...near, distanceThreshold: 1 }))).toBe('23');
    expect(await found(group.findNearest({ ...near, limit: 1, distanceThreshold: 0 }))).toBe('2');
    const within: VectorQueryOptions = { ...near, distanceMeasure: 'EUCLIDEAN', distanceThreshold: 5 };
    expect(await found(group.findNearest(within))).toBe('25');
    const named = group
      .select('foo', 'distance')
      .findNearest({ ...near, limit: 2, distanceResultField: 'distance' });
    expect((await named.get()).docs.map((d) => d.data())).toEqual([
      { foo: 'bar', distance: 2 },
      { foo: 'bar', distance: 1 },
    ]);
  });

  test('distances are exact where the numbers are', async () => {
    const at = async (distanceMeasure: 'COSINE' | 'EUCLIDEAN', e: number[]): Promise<unknown> => {
      const one = await fill({ x: { e: v(e) } });
      const asked = one.findNearest({ ...near, distanceMeasure, distanceResultField: 'd' });
      return (await asked.get()).docs[0]?.get('d');
    };
    expect(await at('COSINE', [1, 0])).toBe(0);
    expect(await at('COSINE', [0, -0.1])).toBe(1);
    expect(await at('COSINE', [-1, 0])).toBe(2);
    expect(await at('EUCLIDEAN', [1, -0.1])).toBe(0.1);
    expect(await at('EUCLIDEAN', [4, 4])).toBe(5);
  });

  test('2,048 dimensions and 1,000 results; not one more', async () => {
    const long = Array.from({ length: 2048 }, (_, i) => i);
    const one = await fill({ x: { e: v(long) } });
    const wide = { ...near, queryVector: long, limit: 1000 };
    expect((await one.findNearest(wide).get()).docs[0]?.get('e')).toEqual(v(long));
    const longer = [...long, 1];
    expect(await codeOf(one.findNearest({ ...wide, queryVector: longer }).get())).toBe(CODE.INVALID_ARGUMENT);
  });
});
