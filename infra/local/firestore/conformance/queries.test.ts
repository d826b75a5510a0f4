import {
  AggregateField,
  FieldPath,
  FieldValue,
  Filter,
  QueryDocumentSnapshot,
} from '@google-cloud/firestore';
import type { Query } from '@google-cloud/firestore';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { db, collection } = await start();
const ids = async (query: Query): Promise<string[]> => (await query.get()).docs.map((d) => d.id);

describe('queries', () => {
  const c = collection();
  beforeAll(async () => {
    const batch = db.batch();
    for (let i = 0; i < 10; i += 1) {
      batch.set(c.doc(`d${String(i)}`), {
        n: i,
        even: i % 2 === 0,
        m: { x: i % 3 },
        tags: [`t${String(i % 4)}`],
      });
    }
    await batch.commit();
  });

  test('an empty result still says when it was read', async () => {
    const result = await c.where('n', '>', 100).get();
    expect(result.empty).toBe(true);
    expect(result.readTime.seconds).toBeGreaterThan(1_700_000_000);
  });

  test('projections, and the document id alone', async () => {
    const one = await c.select('m.x', 'missing').limit(1).get();
    expect(one.docs[0]?.data()).toEqual({ m: { x: 0 } });
    expect((await c.select().limit(1).get()).docs[0]?.data()).toEqual({});
  });

  test('limitToLast, offset, cursors from a snapshot', async () => {
    expect(await ids(c.orderBy('n').limitToLast(2))).toEqual(['d8', 'd9']);
    expect(await ids(c.orderBy('n', 'desc').offset(2).limit(2))).toEqual(['d7', 'd6']);
    const fourth = await c.doc('d4').get();
    expect(await ids(c.orderBy('m.x').startAfter(fourth).limit(3))).toEqual(['d7', 'd2', 'd5']);
    expect(await ids(c.orderBy('even').orderBy('n', 'desc').startAt(fourth))).toEqual(['d4', 'd2', 'd0']);
    expect(await ids(c.where('even', '==', true).endBefore(fourth))).toEqual(['d0', 'd2']);
  });

  test('filters and orders on the document id', async () => {
    expect(await ids(c.where(FieldPath.documentId(), '>', 'd7'))).toEqual(['d8', 'd9']);
    expect(await ids(c.where(FieldPath.documentId(), 'in', ['d3', 'd1', 'no']))).toEqual(['d1', 'd3']);
    expect(await ids(c.where(FieldPath.documentId(), '==', 'd3').where('even', '==', true))).toEqual([]);
    expect(await ids(c.where(FieldPath.documentId(), '!=', 'd0').limit(1))).toEqual(['d1']);
    expect(await ids(c.where('even', '==', false).orderBy(FieldPath.documentId(), 'desc').limit(2))).toEqual([
      'd9',
      'd7',
    ]);
    expect(await ids(c.orderBy(FieldPath.documentId()).startAt('d8'))).toEqual(['d8', 'd9']);
  });

  test('OR, several inequalities, nested fields', async () => {
    expect(
      await ids(c.where(Filter.or(Filter.where('n', '<', 2), Filter.where('tags', 'array-contains', 't3')))),
    ).toEqual(['d0', 'd1', 'd3', 'd7']);
    expect(
      await ids(c.where(Filter.or(Filter.where('n', '==', 9), Filter.where('m.x', 'not-in', [0, 1])))),
    ).toEqual(['d9', 'd2', 'd5', 'd8']);
    expect(await ids(c.where('n', '>', 2).where('m.x', '<', 1).orderBy('n'))).toEqual(['d3', 'd6', 'd9']);
    expect(await ids(c.where('tags', 'array-contains-any', ['t0', 't1']).where('even', '==', true))).toEqual([
      'd0',
      'd4',
      'd8',
    ]);
    expect(await ids(c.where('m', '==', { x: 2 }))).toEqual(['d2', 'd5', 'd8']);
  });

  test('a stream brings more than one page, in order', async () => {
    const many = collection();
    for (let i = 0; i < 3; i += 1) {
      const batch = db.batch();
      for (let n = 0; n < 300; n += 1) batch.set(many.doc(), { n: n * 3 + i });
      await batch.commit();
    }
    const seen: number[] = [];
    for await (const doc of many.orderBy('n').stream()) {
      if (doc instanceof QueryDocumentSnapshot) seen.push(Number(doc.get('n')));
    }
    expect(seen).toEqual(Array.from({ length: 900 }, (_, i) => i));
    expect((await many.get()).size).toBe(900);
    expect((await many.where('n', 'in', [3, 899, 400]).get()).size).toBe(3);
  });

  test.each<[string, (q: Query) => Query]>([
    ['more than 30 disjunctions', (q) => q.where('n', 'in', range(6)).where('m.x', 'in', range(6))],
    ['not-in with in', (q) => q.where('n', 'not-in', [1]).where('m.x', 'in', [1])],
    ['not-in with !=', (q) => q.where('n', 'not-in', [1]).where('m.x', '!=', 1)],
    ['two array-contains', (q) => q.where('tags', 'array-contains', 1).where('m', 'array-contains', 1)],
    ['more than 10 values of not-in', (q) => q.where('n', 'not-in', range(11))],
    ['a collection whose id is reserved', () => db.collection('__x__')],
    ['a field whose name is reserved', (q) => q.where('__x__', '==', 1)],
  ])('%s: refused', async (_, build) => {
    expect(await codeOf(build(c).get())).toBe(CODE.INVALID_ARGUMENT);
  });
});

describe('collection groups', () => {
  const group = 'chapters';
  beforeAll(async () => {
    await Promise.all(
      [
        'books/a/chapters/1',
        'books/a/chapters/2',
        'books/b/chapters/1',
        'chapters/0',
        'books/a/chapters/1/chapters/x',
      ].map((path, i) => db.doc(path).set({ n: i, path })),
    );
    await db.doc('books/a/other/1').set({ n: 1 });
  });
  const paths = async (query: Query): Promise<string[]> => (await query.get()).docs.map((d) => d.ref.path);

  test('span all parents, in order of their full names', async () => {
    expect(await paths(db.collectionGroup(group))).toEqual([
      'books/a/chapters/1',
      'books/a/chapters/1/chapters/x',
      'books/a/chapters/2',
      'books/b/chapters/1',
      'chapters/0',
    ]);
    expect(await paths(db.collectionGroup(group).orderBy('n', 'desc').limit(2))).toEqual([
      'books/a/chapters/1/chapters/x',
      'chapters/0',
    ]);
    expect(await paths(db.collectionGroup(group).where('n', '==', 2))).toEqual(['books/b/chapters/1']);
    const bound = db.doc('books/a/chapters/2');
    expect(await paths(db.collectionGroup(group).where(FieldPath.documentId(), '>=', bound))).toHaveLength(3);
  });

  test('a collection does not contain what lies deeper', async () => {
    expect(await paths(db.collection('books/a/chapters'))).toEqual([
      'books/a/chapters/1',
      'books/a/chapters/2',
    ]);
    expect(await paths(db.collection('books/a/chapters').orderBy(FieldPath.documentId(), 'desc'))).toEqual([
      'books/a/chapters/2',
      'books/a/chapters/1',
    ]);
    expect(await paths(db.collection('books'))).toEqual([]);
  });

  test('partitions cover the group without overlap', async () => {
    const batch = db.batch();
    for (let i = 0; i < 100; i += 1) batch.set(db.doc(`p/${String(i % 7)}/parts/${String(i)}`), { i });
    await batch.commit();
    const found: string[] = [];
    let parts = 0;
    for await (const partition of db.collectionGroup('parts').getPartitions(5)) {
      parts += 1;
      found.push(...(await paths(partition.toQuery())));
    }
    expect(parts).toBe(5);
    expect(found).toHaveLength(100);
    expect(new Set(found).size).toBe(100);
  });
});

describe('aggregations', () => {
  test('count, sum and average; sum and average see only documents that have all the fields', async () => {
    const c = collection();
    await Promise.all(
      [{ a: 1, b: 2 }, { a: 2.5, b: 1 }, { a: 10 }, { a: 'x', b: 1 }, { b: 7 }].map((data) =>
        c.doc().set(data),
      ),
    );
    const all = { n: AggregateField.count(), sum: AggregateField.sum('a'), avg: AggregateField.average('a') };
    expect((await c.aggregate({ n: AggregateField.count() }).get()).data()).toEqual({ n: 5 });
    expect((await c.aggregate(all).get()).data()).toEqual({ n: 4, sum: 13.5, avg: 4.5 });
    const both = { a: AggregateField.sum('a'), b: AggregateField.sum('b') };
    expect((await c.aggregate(both).get()).data()).toEqual({ a: 3.5, b: 4 });
    expect((await c.where('b', '>', 100).aggregate(all).get()).data()).toEqual({ n: 0, sum: 0, avg: null });
    expect((await c.where('a', '>', 0).limit(2).count().get()).data().count).toBe(2);
    expect((await c.orderBy('a').offset(1).count().get()).data().count).toBe(3);
  });
});

describe('nearest neighbours', () => {
  test.each([
    ['EUCLIDEAN', ['near', 'far'], 1],
    ['COSINE', ['far', 'near'], 0],
    ['DOT_PRODUCT', ['far', 'near'], 100],
  ] as const)('by %s', async (distanceMeasure, order, first) => {
    const c = collection();
    await c.doc('near').set({ v: FieldValue.vector([1, 1]) });
    await c.doc('far').set({ v: FieldValue.vector([100, 0]) });
    await c.doc('other').set({ v: FieldValue.vector([1, 2, 3]) });
    const result = await c
      .findNearest({
        vectorField: 'v',
        queryVector: [1, 0],
        limit: 5,
        distanceMeasure,
        distanceResultField: 'd',
      })
      .get();
    expect(result.docs.map((d) => d.id)).toEqual(order);
    expect(result.docs[0]?.get('d')).toBeCloseTo(first);
  });
});

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
