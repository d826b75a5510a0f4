import { FieldPath, FieldValue, Timestamp } from '@google-cloud/firestore';
import { describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { db, collection, connect } = await start();

describe('writes', () => {
  test('create refuses an existing document, update a missing one; delete of a missing one is fine', async () => {
    const doc = collection().doc();
    expect(await codeOf(doc.update({ a: 1 }))).toBe(CODE.NOT_FOUND);
    await doc.create({ a: 1 });
    expect(await codeOf(doc.create({ a: 2 }))).toBe(CODE.ALREADY_EXISTS);
    await doc.delete();
    await doc.delete();
    expect(await codeOf(doc.delete({ exists: true }))).toBe(CODE.NOT_FOUND);
    expect((await doc.get()).exists).toBe(false);
  });

  test('a precondition on the update time holds for that version only', async () => {
    const doc = collection().doc();
    const first = await doc.set({ a: 1 });
    const second = await doc.update({ a: 2 }, { lastUpdateTime: first.writeTime });
    expect(await codeOf(doc.update({ a: 3 }, { lastUpdateTime: first.writeTime }))).toBe(
      CODE.FAILED_PRECONDITION,
    );
    expect(await codeOf(doc.delete({ lastUpdateTime: first.writeTime }))).toBe(CODE.FAILED_PRECONDITION);
    await doc.delete({ lastUpdateTime: second.writeTime });
    expect((await doc.get()).exists).toBe(false);
  });

  test('set replaces, merge keeps, update by path touches only what it names', async () => {
    const doc = collection().doc();
    await doc.set({ a: { b: 1, c: 2 }, d: 3 });
    await doc.set({ a: { b: 10 } }, { merge: true });
    expect((await doc.get()).data()).toEqual({ a: { b: 10, c: 2 }, d: 3 });
    await doc.update({ 'a.c': FieldValue.delete(), e: { f: 1 } });
    expect((await doc.get()).data()).toEqual({ a: { b: 10 }, d: 3, e: { f: 1 } });
    await doc.update(new FieldPath('x.y', '`'), 5);
    expect((await doc.get()).get(new FieldPath('x.y', '`'))).toBe(5);
    await doc.set({ only: 1 });
    expect((await doc.get()).data()).toEqual({ only: 1 });
    await doc.set({ a: 1, b: 2 }, { mergeFields: ['b'] });
    expect((await doc.get()).data()).toEqual({ only: 1, b: 2 });
  });

  test('createTime stays, updateTime grows with every real change and with no other', async () => {
    const doc = collection().doc();
    await doc.set({ a: 1 });
    const one = await doc.get();
    await doc.set({ a: 1 });
    const same = await doc.get();
    await doc.set({ a: 1.5 });
    const two = await doc.get();
    expect(same.updateTime).toEqual(one.updateTime);
    expect(two.createTime).toEqual(one.createTime);
    expect(Number(two.updateTime?.valueOf()) > Number(one.updateTime?.valueOf())).toBe(true);
    await doc.delete();
    await doc.set({ a: 1 });
    expect((await doc.get()).createTime).not.toEqual(one.createTime);
  });

  test('a batch is all or nothing, and its writes see one another', async () => {
    const c = collection();
    const batch = db.batch();
    batch.set(c.doc('a'), { n: 1 });
    batch.update(c.doc('a'), { n: FieldValue.increment(1) });
    batch.create(c.doc('b'), {});
    batch.delete(c.doc('b'));
    const results = await batch.commit();
    expect(results).toHaveLength(4);
    expect((await c.get()).docs.map((d) => d.data())).toEqual([{ n: 2 }]);
    const failing = db.batch();
    failing.set(c.doc('c'), {});
    failing.update(c.doc('missing'), { a: 1 });
    expect(await codeOf(failing.commit())).toBe(CODE.NOT_FOUND);
    expect((await c.doc('c').get()).exists).toBe(false);
  });

  test('commit times are strictly monotonic, also among concurrent commits', async () => {
    const c = collection();
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => c.doc().set({ i })));
    const times = results.map(({ writeTime }) => writeTime.valueOf());
    expect(new Set(times).size).toBe(50);
  });

  test('a bulk writer reports each failure on its own', async () => {
    const c = collection();
    await c.doc('there').set({});
    const writer = db.bulkWriter();
    writer.onWriteError(() => false);
    const outcomes = Promise.allSettled([
      writer.create(c.doc('there'), {}),
      writer.set(c.doc('new'), { a: 1 }),
      writer.update(c.doc('missing'), { a: 1 }),
      ...Array.from({ length: 100 }, (_, i) => writer.set(c.doc(`n${String(i)}`), { i })),
    ]);
    await writer.close();
    expect((await outcomes).map(({ status }) => status).slice(0, 4)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await c.count().get()).data().count).toBe(102);
  });

  test('recursiveDelete removes a collection and everything below it', async () => {
    const c = collection();
    await Promise.all([
      c.doc('a').set({}),
      c.doc('a/b/c').set({}),
      c.doc('x/y/z').set({}),
      c.doc('x/y/z/v/w').set({}),
    ]);
    const beside = db.doc(`${c.path}0/a`);
    await beside.set({});
    await db.recursiveDelete(c);
    expect(await c.listDocuments()).toEqual([]);
    expect((await beside.get()).exists).toBe(true);
  });

  test('projects and databases are separate', async () => {
    const other = connect({ projectId: 'other' });
    const named = connect({ databaseId: 'second' });
    await Promise.all([
      db.doc('sep/a').set({ n: 1 }),
      other.doc('sep/a').set({ n: 2 }),
      named.doc('sep/a').set({ n: 3 }),
    ]);
    const read = await Promise.all([db, other, named].map((client) => client.doc('sep/a').get()));
    expect(read.map((d) => d.get('n'))).toEqual([1, 2, 3]);
    expect((await db.collection('sep').get()).size).toBe(1);
  });

  test('getAll reads found and missing, with a mask; listDocuments shows missing parents', async () => {
    const c = collection();
    await c.doc('a').set({ x: 1, y: { z: 2, w: 3 } });
    await c.doc('b/sub/c').set({});
    const [a, missing] = await db.getAll(c.doc('a'), c.doc('no'), { fieldMask: ['y.z'] });
    expect(a?.data()).toEqual({ y: { z: 2 } });
    expect(missing?.exists).toBe(false);
    expect((await c.listDocuments()).map((d) => d.id)).toEqual(['a', 'b']);
    expect((await c.doc('b').listCollections()).map((s) => s.id)).toEqual(['sub']);
  });
});

describe('transforms', () => {
  test('server timestamps are the commit time', async () => {
    const doc = collection().doc();
    const { writeTime } = await doc.set({
      a: FieldValue.serverTimestamp(),
      b: { c: FieldValue.serverTimestamp() },
    });
    const read = await doc.get();
    const time: unknown = read.get('a');
    if (!(time instanceof Timestamp)) throw new Error('not a timestamp');
    expect(time.isEqual(writeTime)).toBe(true);
    expect(read.get('b.c')).toEqual(time);
  });

  test('increment adds, turns into the operand where there is no number, and saturates', async () => {
    const big = connect({ useBigInt: true });
    const doc = big.doc('increment/a');
    await doc.set({ int: 1, text: 'x', max: 2n ** 63n - 2n, double: 0.5 });
    const by = FieldValue.increment(3);
    await doc.update({ int: by, text: by, max: by, double: by, missing: by });
    expect((await doc.get()).data()).toEqual({
      int: 4n,
      text: 3n,
      max: 2n ** 63n - 1n,
      double: 3.5,
      missing: 3n,
    });
  });

  test('array union and removal compare by value', async () => {
    const doc = collection().doc();
    await doc.set({ list: [1, 'a', { b: [2] }, null] });
    await doc.update({ list: FieldValue.arrayUnion(1.0, 'b', { b: [2] }, null, 'b') });
    expect((await doc.get()).get('list')).toEqual([1, 'a', { b: [2] }, null, 'b']);
    await doc.update({ list: FieldValue.arrayRemove(1, { b: [2] }), other: FieldValue.arrayUnion('x') });
    expect((await doc.get()).data()).toEqual({ list: ['a', null, 'b'], other: ['x'] });
  });
});
