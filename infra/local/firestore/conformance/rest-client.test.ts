/** The client library over REST (`preferRest`) instead of gRPC. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { AggregateField } from '@google-cloud/firestore';
import { codeOf, CODE, start } from './harness.ts';

// The client's own dependency: over REST it insists on credentials, and this one sends none.
const fromClient = createRequire(createRequire(import.meta.url).resolve('@google-cloud/firestore'));
const { PassThroughClient }: { PassThroughClient: new () => object } = fromClient('google-auth-library');

describe('preferRest', async () => {
  const { connect, collection } = await start();
  const db = connect({ preferRest: true, authClient: new PassThroughClient() });
  const own = (): ReturnType<typeof collection> => db.collection(`rest-${collection().id}`);

  test('writes and reads every kind of value', async () => {
    const fields = {
      text: 'é🚀',
      bytes: Buffer.from([0, 255]),
      none: null,
      nan: Number.NaN,
      half: -0.5,
      list: [1, { a: true }],
    };
    const document = own().doc();
    await document.set(fields);
    expect((await document.get()).data()).toEqual(fields);
    expect(await codeOf(document.create({}))).toBe(CODE.ALREADY_EXISTS);
    expect(await codeOf(own().doc().update({ a: 1 }))).toBe(CODE.NOT_FOUND);
    await document.delete();
    expect((await document.get()).exists).toBe(false);
  });

  test('queries, aggregations, explain, transactions, listings, bulk writes, partitions', async () => {
    const group = own();
    const writer = db.bulkWriter();
    for (let n = 0; n < 5; n += 1) void writer.set(group.doc(`d${String(n)}`), { n });
    await writer.close();
    expect((await group.where('n', '>=', 2).orderBy('n', 'desc').get()).docs.map(({ id }) => id)).toEqual([
      'd4',
      'd3',
      'd2',
    ]);
    expect((await group.where('n', '==', 9).get()).readTime.toMillis()).toBeGreaterThan(0);
    const count: AggregateField<number> | number = (await group.count().get()).data().count;
    expect(count).toBe(5);
    const { metrics } = await group.where('n', '<', 2).explain({ analyze: true });
    expect(metrics.executionStats).toMatchObject({
      resultsReturned: 2,
      debugStats: { documents_scanned: '2' },
    });
    await db.runTransaction(async (t) => {
      const n: unknown = (await t.get(group.doc('d0'))).get('n');
      t.update(group.doc('d0'), { n: Number(n) + 10 });
    });
    expect((await group.doc('d0').get()).get('n')).toBe(10);
    expect((await group.listDocuments()).map(({ id }) => id)).toEqual(['d0', 'd1', 'd2', 'd3', 'd4']);
    expect((await db.listCollections()).map(({ id }) => id)).toContain(group.id);
    let parts = 0;
    for await (const _ of db.collectionGroup(group.id).getPartitions(2)) parts += 1;
    expect(parts).toBe(2);
    await db.recursiveDelete(group);
    expect((await group.get()).empty).toBe(true);
  });
});
