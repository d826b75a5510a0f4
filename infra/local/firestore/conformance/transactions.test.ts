import { FieldValue, Timestamp } from '@google-cloud/firestore';
import { describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { db, collection } = await start();
const once = { maxAttempts: 1 };

describe('transactions', () => {
  test('concurrent increments by read and write lose nothing', async () => {
    const doc = collection().doc();
    await doc.set({ n: 0 });
    const increment = (): Promise<unknown> =>
      db.runTransaction(async (t) => {
        const read = await t.get(doc);
        t.update(doc, { n: Number(read.get('n')) + 1 });
      });
    await Promise.all(Array.from({ length: 4 }, increment));
    expect((await doc.get()).get('n')).toBe(4);
  });

  test('a document that changed after it was read aborts the commit', async () => {
    const doc = collection().doc();
    await doc.set({ n: 0 });
    const pending = db.runTransaction(async (t) => {
      await t.get(doc);
      await doc.set({ n: 1 });
      t.set(doc, { n: 2 });
    }, once);
    expect(await codeOf(pending)).toBe(CODE.ABORTED);
    expect((await doc.get()).get('n')).toBe(1);
  });

  test('a missing document that appeared, and one that vanished, abort the commit', async () => {
    const c = collection();
    await c.doc('gone').set({});
    for (const [doc, meddle] of [
      [c.doc('new'), () => c.doc('new').set({})],
      [c.doc('gone'), () => c.doc('gone').delete()],
    ] as const) {
      const pending = db.runTransaction(async (t) => {
        await t.get(doc);
        await meddle();
        t.set(c.doc('result'), {});
      }, once);
      expect(await codeOf(pending)).toBe(CODE.ABORTED);
    }
  });

  test.each([
    ['entered', { state: 'open' }],
    ['left', { state: 'closed' }],
  ])('a document that %s a query result aborts the commit', async (what, data) => {
    const c = collection();
    await c.doc('a').set({ state: what === 'left' ? 'open' : 'closed' });
    const pending = db.runTransaction(async (t) => {
      await t.get(c.where('state', '==', 'open'));
      await c.doc('a').set(data);
      t.set(c.doc('result'), {});
    }, once);
    expect(await codeOf(pending)).toBe(CODE.ABORTED);
  });

  test('changes elsewhere do not disturb', async () => {
    const c = collection();
    await db.runTransaction(async (t) => {
      await t.get(c.where('state', '==', 'open'));
      await t.get(c.doc('a'));
      await c.doc('b').set({ state: 'closed' });
      t.set(c.doc('a'), { done: true });
    }, once);
    expect((await c.doc('a').get()).get('done')).toBe(true);
  });

  test('all reads see one snapshot: documents, queries, aggregations', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    await c.doc('b').set({ n: 1 });
    const seen = await db.runTransaction(
      async (t) => {
        const a = await t.get(c.doc('a'));
        await c.doc('a').set({ n: 2 });
        await c.doc('b').set({ n: 2 });
        await c.doc('c').set({ n: 1 });
        const old = await t.get(c.where('n', '==', 1));
        const ordered = await t.get(c.orderBy('n', 'desc').limit(5));
        const count = await t.get(c.where('n', '==', 1).count());
        const b = await t.get(c.doc('b'));
        return [
          a.get('n'),
          old.docs.map((d) => d.id),
          ordered.docs.map((d) => d.id),
          count.data().count,
          b.get('n'),
        ];
      },
      { readOnly: true },
    );
    expect(seen).toEqual([1, ['a', 'b'], ['b', 'a'], 2, 1]);
  });

  test('a read-only transaction reads at a time in the recent past', async () => {
    const doc = collection().doc();
    const { writeTime } = await doc.set({ n: 1 });
    await doc.set({ n: 2 });
    const read = await db.runTransaction((t) => t.get(doc), { readOnly: true, readTime: writeTime });
    expect(read.get('n')).toBe(1);
    const before = Timestamp.fromMillis(writeTime.toMillis() - 1);
    const missing = await db.runTransaction((t) => t.get(doc), { readOnly: true, readTime: before });
    expect(missing.exists).toBe(false);
    const old = Timestamp.fromMillis(Date.now() - 86_400_000);
    const pending = db.runTransaction((t) => t.get(doc), { readOnly: true, readTime: old });
    expect(await codeOf(pending)).toBe(CODE.FAILED_PRECONDITION);
  });

  test('a transaction that throws leaves nothing behind', async () => {
    const doc = collection().doc();
    const pending = db.runTransaction(async (t) => {
      await t.get(doc);
      t.set(doc, { n: 1 });
      throw new Error('changed my mind');
    });
    await expect(pending).rejects.toThrow('changed my mind');
    expect((await doc.get()).exists).toBe(false);
  });

  test('writes only, and preconditions inside', async () => {
    const doc = collection().doc();
    await db.runTransaction(async (t) => t.create(doc, { n: 1 }).update(doc, { n: FieldValue.increment(1) }));
    expect((await doc.get()).get('n')).toBe(2);
    expect(await codeOf(db.runTransaction(async (t) => t.create(doc, {}), once))).toBe(CODE.ALREADY_EXISTS);
  });
});
