import { FieldPath } from '@google-cloud/firestore';
import type { Query } from '@google-cloud/firestore';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const composite = (collectionGroup: string, fields: object[], queryScope = 'COLLECTION'): object => ({
  collectionGroup,
  queryScope,
  fields,
});
const by = (fieldPath: string, order = 'ASCENDING'): object => ({ fieldPath, order });
const created = by('created', 'DESCENDING');
const indexes = JSON.stringify({
  indexes: [
    composite('runs', [by('status'), created]),
    composite('runs', [by('graph'), created]),
    composite('runs', [{ fieldPath: 'tags', arrayConfig: 'CONTAINS' }, created]),
    composite('runs', [by('status'), by('created')], 'COLLECTION_GROUP'),
  ],
  fieldOverrides: [
    { collectionGroup: 'runs', fieldPath: 'body', indexes: [] },
    {
      collectionGroup: 'runs',
      fieldPath: 'everywhere',
      indexes: [
        { order: 'ASCENDING', queryScope: 'COLLECTION' },
        { order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' },
      ],
    },
  ],
});
const { db } = await start({ indexes });
const runs = db.collection('users/a/runs');
const group = db.collectionGroup('runs');

describe('with declared indexes, before there is any document', () => {
  const exempt = JSON.stringify({
    indexes: [],
    fieldOverrides: [
      { collectionGroup: 'bare', fieldPath: '*', indexes: [] },
      {
        collectionGroup: 'bare',
        fieldPath: 'n',
        indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION' }],
      },
    ],
  });

  test('a query of one collection says nothing of what another one may be asked', async () => {
    const { db: empty } = await start({ indexes: exempt });
    expect((await empty.collection('bare').orderBy('n').get()).size).toBe(0);
    expect((await empty.collection('others').orderBy('key', 'desc').get()).size).toBe(0);
    await expect(empty.collection('bare').orderBy('m').get()).rejects.toMatchObject({
      code: CODE.FAILED_PRECONDITION,
    });
  });
});

describe('with declared indexes', () => {
  beforeAll(async () => {
    const batch = db.batch();
    for (let i = 0; i < 60; i += 1) {
      batch.set(runs.doc(`r${String(i).padStart(2, '0')}`), {
        status: `s${String(i % 2)}`,
        graph: `g${String(i % 3)}`,
        tags: [`t${String(i % 5)}`],
        created: i,
        everywhere: i,
        body: { text: 'x' },
      });
    }
    await batch.commit();
  });

  test.each<[string, Query, number]>([
    ['one equality', runs.where('status', '==', 's0'), 30],
    [
      'equalities alone, by merging automatic indexes',
      runs.where('status', '==', 's0').where('graph', '==', 'g0'),
      10,
    ],
    ['one field, filtered and ordered', runs.where('created', '>', 49).orderBy('created', 'desc'), 10],
    ['array-contains', runs.where('tags', 'array-contains', 't1'), 12],
    ['a declared index', runs.where('status', '==', 's0').orderBy('created', 'desc'), 30],
    [
      'a declared index, filtered on its order',
      runs.where('status', '==', 's0').where('created', '<', 10).orderBy('created', 'desc'),
      5,
    ],
    [
      'two indexes with the same order, merged',
      runs.where('status', '==', 's0').where('graph', '==', 'g0').orderBy('created', 'desc'),
      10,
    ],
    [
      'three of them',
      runs
        .where('status', '==', 's0')
        .where('graph', '==', 'g0')
        .where('tags', 'array-contains', 't0')
        .orderBy('created', 'desc'),
      2,
    ],
    [
      'in, as several equalities',
      runs.where('status', 'in', ['s0', 's1', 's2']).orderBy('created', 'desc'),
      60,
    ],
    ['a collection group by name', group, 60],
    ['a collection group by a declared index', group.where('status', '==', 's1').orderBy('created'), 30],
    ['a collection group by a field declared for groups', group.where('everywhere', '>=', 50), 10],
    ['names', runs.where(FieldPath.documentId(), '>', 'r49'), 10],
  ])('served: %s', async (_, query, size) => {
    expect((await query.get()).size).toBe(size);
  });

  test('merged indexes keep the order', async () => {
    const merged = runs
      .where('status', '==', 's0')
      .where('graph', '==', 'g0')
      .orderBy('created', 'desc')
      .limit(3);
    expect((await merged.get()).docs.map((d) => d.get('created'))).toEqual([54, 48, 42]);
  });

  test.each<[string, Query]>([
    ['an order that no index ends in', runs.where('status', '==', 's0').orderBy('graph')],
    ['the other direction', runs.where('status', '==', 's0').orderBy('created')],
    [
      'one equality too many',
      runs.where('status', '==', 's0').where('other', '==', 1).orderBy('created', 'desc'),
    ],
    ['two orders', runs.orderBy('created').orderBy('status')],
    ['an exempted field', runs.where('body', '==', { text: 'x' })],
    ['below an exempted field', runs.where('body.text', '==', 'x')],
    ['a direction that the override leaves out', runs.orderBy('everywhere', 'desc')],
    ['a field that is not declared for groups', group.where('created', '>', 1)],
    ['a collection that does not exist yet', db.collection('nowhere').where('a', '==', 1).orderBy('b')],
  ])('refused: %s', async (_, query) => {
    const pending = query.get();
    expect(await codeOf(pending)).toBe(CODE.FAILED_PRECONDITION);
    await expect(pending).rejects.toThrow('The query requires an index. You can create it here: https://');
  });
});
