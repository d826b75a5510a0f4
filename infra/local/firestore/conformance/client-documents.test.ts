/**
 * What the system tests of Google's own Node client ask of a server, said again in short.
 * https://github.com/googleapis/nodejs-firestore/blob/main/dev/system-test/firestore.ts
 */
import { FieldPath, FieldValue, Filter, Timestamp } from '@google-cloud/firestore';
import type {
  CollectionReference,
  DocumentData,
  DocumentReference,
  Query,
  QuerySnapshot,
} from '@google-cloud/firestore';
import { describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';
import { eventually } from '../../testing/eventually.ts';

const { db, collection } = await start();
const ids = async (query: Query): Promise<string[]> => (await query.get()).docs.map((d) => d.id);

async function fill(documents: Record<string, DocumentData>): Promise<CollectionReference> {
  const group = collection();
  const batch = db.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(group.doc(id), data);
  await batch.commit();
  return group;
}

describe('documents', () => {
  test('fields come and go, one change after the other', async () => {
    const at = collection().doc();
    const gone = FieldValue.delete();
    const steps: [() => Promise<unknown>, DocumentData | undefined][] = [
      [() => at.create({}), {}],
      [() => at.delete(), undefined],
      [() => at.create({ a: { b: 'c' } }), { a: { b: 'c' } }],
      [() => at.set({}, { merge: true }), { a: { b: 'c' } }],
      [() => at.set({ a: { d: 'e' } }, { merge: true }), { a: { b: 'c', d: 'e' } }],
      [() => at.set({ a: { d: gone } }, { merge: true }), { a: { b: 'c' } }],
      [() => at.set({ a: { b: gone } }, { merge: true }), { a: {} }],
      [() => at.set({ f: { g: 1 } }, { merge: true }), { a: {}, f: { g: 1 } }],
      [() => at.update({ 'f.h': 2, 'f.g': gone }), { a: {}, f: { h: 2 } }],
      [() => at.update({ 'i.j': {} }), { a: {}, f: { h: 2 }, i: { j: {} } }],
      [() => at.update({ 'i.j': { l: {} }, f: gone }), { a: {}, i: { j: { l: {} } } }],
      [() => at.update({ i: gone, a: gone }), {}],
      [() => at.set({ '!.\\`': { '!.\\`': 1 } }), { '!.\\`': { '!.\\`': 1 } }],
      [() => at.update(new FieldPath('!.\\`', '!.\\`'), 2), { '!.\\`': { '!.\\`': 2 } }],
    ];
    for (const [step, expected] of steps) {
      await step();
      expect((await at.get()).data()).toEqual(expected);
    }
  });

  test('server timestamps at every place of one write are the same', async () => {
    const at = collection().doc();
    const now = FieldValue.serverTimestamp();
    await at.create({ time: now, a: { b: now } });
    const first: unknown = (await at.get()).get('time');
    await at.set({ time: now, a: { d: now }, e: { f: now } }, { merge: true });
    const second: unknown = (await at.get()).get('time');
    expect((await at.get()).data()).toEqual({ time: second, a: { b: first, d: second }, e: { f: second } });
    await at.update({ time: now, 'g.h': now, 'g.j': { k: now } });
    const third: unknown = (await at.get()).get('time');
    expect((await at.get()).get('g')).toEqual({ h: third, j: { k: third } });
  });

  test('minimum and maximum, beside other transforms', async () => {
    const at = collection().doc();
    await at.set({ low: 2, high: 0, text: 'x', list: FieldValue.arrayUnion(2) });
    const { minimum, maximum, increment, arrayUnion } = FieldValue;
    await at.set(
      {
        low: minimum(1),
        high: maximum(1.5),
        text: maximum(3),
        none: minimum(7),
        list: arrayUnion(2),
        n: increment(1),
      },
      { merge: true },
    );
    expect((await at.get()).data()).toEqual({ low: 1, high: 1.5, text: 3, none: 7, list: [2], n: 1 });
  });

  test('400 subcollections are listed in order', async () => {
    const at = collection().doc();
    const names = Array.from({ length: 400 }, (_, i) => String(i).padStart(3, '0'));
    await Promise.all(names.map((name) => at.collection(name).doc('d').create({})));
    expect((await at.listCollections()).map(({ id }) => id)).toEqual(names);
  });

  test('a bulk writer retries as its callback says; an error names its code over gRPC', async () => {
    const writer = db.bulkWriter();
    let tries = 0;
    writer.onWriteError(({ failedAttempts }) => (tries = failedAttempts) < 3);
    const refused = codeOf(writer.create(collection().doc('__doc__'), {}));
    await writer.close();
    expect([tries, await refused]).toEqual([3, CODE.INVALID_ARGUMENT]);
    const other = db.bulkWriter();
    const missing = other.delete(collection().doc('none'));
    await other.close();
    expect((await missing).writeTime).toEqual(new Timestamp(0, 0));
  });

  test('recursiveDelete of a document, a nested collection, with a writer of one’s own', async () => {
    const group = await fill({ anna: {}, bob: {} });
    for (const path of ['bob/p/charlie', 'bob/p/daniel', 'bob/p/daniel/c/ernie', 'bob/p/daniel/c/francis'])
      await group.doc(path).set({});
    await db.recursiveDelete(group.doc('bob/p/daniel/c/ernie'));
    expect(await ids(group.doc('bob/p/daniel').collection('c'))).toEqual(['francis']);
    await db.recursiveDelete(group.doc('bob/p/daniel'));
    expect(await ids(group.doc('bob').collection('p'))).toEqual(['charlie']);
    const writer = db.bulkWriter();
    let results = 0;
    writer.onWriteResult(() => (results += 1));
    await db.recursiveDelete(group, writer);
    await writer.close();
    expect([results, await group.listDocuments()]).toEqual([3, []]);
  });
});

describe('queries', () => {
  const zips = {
    a: Number.NaN,
    b: 91102,
    c: 98101,
    d: [98101],
    e: ['98101', { zip: 98101 }],
    f: { zip: 98101 },
    g: null,
  };
  const other = ['b', 'c', 'd', 'e', 'f'];

  test.each<[FirebaseFirestore.WhereFilterOp, unknown, string[]]>([
    ['!=', 98101, ['a', 'b', 'd', 'e', 'f']],
    ['!=', Number.NaN, other],
    ['!=', null, ['a', ...other]],
    ['not-in', [98101, [98101]], ['a', 'b', 'e', 'f']],
    ['not-in', [Number.NaN], other],
    ['not-in', [null], []],
    ['==', Number.NaN, ['a']],
    ['==', null, ['g']],
    ['in', [98101, [98101], null], ['c', 'd']],
    ['>', 1, ['b', 'c']],
  ])('%s %j', async (op, value, expected) => {
    const group = await fill(Object.fromEntries(Object.entries(zips).map(([id, zip]) => [id, { zip }])));
    await group.doc('h').set({ other: 1 });
    expect(await ids(group.where('zip', op, value))).toEqual(expected);
  });

  test('pages by snapshot, with filters and without', async () => {
    const group = await fill(
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`d${String(i)}`, { v: i, list: ['x'] }])),
    );
    const pages = async (query: Query): Promise<number[]> => {
      const sizes: number[] = [];
      for (let page: QuerySnapshot | undefined; ;) {
        const last = page?.docs.at(-1);
        page = await (last ? query.startAfter(last) : query).get();
        if (page.empty) return sizes;
        sizes.push(page.size);
      }
    };
    expect(await pages(group.orderBy('v').limit(3))).toEqual([3, 3, 3, 1]);
    expect(await pages(group.where('v', '>=', 1).limit(3))).toEqual([3, 3, 3]);
    expect(await pages(group.where('list', 'array-contains', 'x').limit(4))).toEqual([4, 4, 2]);
    expect(await ids(group.orderBy('v').startAt(2).endAt(4).limitToLast(5))).toEqual(['d2', 'd3', 'd4']);
  });

  test('collection groups between arbitrary paths', async () => {
    const name = `b${collection().id}`;
    const paths = [
      `a/a/${name}/1`,
      `a/b/a/b/${name}/2`,
      `a/b/${name}/3`,
      `a/b/c/d/${name}/4`,
      `a/c/${name}/5`,
      `${name}/6`,
    ];
    await Promise.all([...paths, 'a/b/nope/nope'].map((path) => db.doc(path).set({})));
    const group = db.collectionGroup(name);
    const id = FieldPath.documentId();
    expect(await ids(group.orderBy(id).startAt('a/b').endAt('a/b0'))).toEqual(['2', '3', '4']);
    expect(await ids(group.orderBy(id).startAfter('a/b').endBefore(`a/b/${name}/3`))).toEqual(['2']);
    expect(await ids(group.where(id, '>=', 'a/b').where(id, '<=', 'a/b0'))).toEqual(['2', '3', '4']);
  });

  test('OR: implicit orders leave out documents that lack the field', async () => {
    const { or, and, where } = Filter;
    const group = await fill({
      1: { a: 1, b: 0 },
      2: { b: 1 },
      3: { a: 3, b: 2 },
      4: { a: 1, b: 3 },
      5: { a: 1 },
      6: { a: 2 },
    });
    const one = group.where(or(where('a', '==', 1), where('b', '==', 1)));
    expect(await ids(one)).toEqual(['1', '2', '4', '5']);
    expect(await ids(one.orderBy('a'))).toEqual(['1', '4', '5']);
    expect(await ids(one.orderBy('b'))).toEqual(['1', '2', '4']);
    expect(await ids(one.orderBy('b').limitToLast(2))).toEqual(['2', '4']);
    expect(await ids(group.where(or(where('a', '>', 2), where('b', '==', 1))))).toEqual(['3']);
    expect(await ids(group.where(or(where('a', '==', 2), where('b', 'not-in', [2, 3]))))).toEqual(['1', '2']);
    expect(await ids(group.where(or(where('a', '==', 2), where('b', 'in', [2, 3]))))).toEqual([
      '3',
      '4',
      '6',
    ]);
    const both = and(
      or(where('a', '==', 3), where('b', '==', 3)),
      or(where('a', '==', 1), where('b', '==', 2)),
    );
    expect(await ids(group.where(both))).toEqual(['3', '4']);
  });

  test('several inequalities, with cursors whose implicit orders the client adds', async () => {
    const group = await fill({
      doc1: { key: 'a', sort: 5 },
      doc2: { key: 'aa', sort: 4 },
      doc3: { key: 'b', sort: 3 },
      doc4: { key: 'b', sort: 2 },
      doc5: { key: 'bb', sort: 1 },
    });
    const cursor = await group.doc('doc2').get();
    const both = group
      .where('sort', '>=', 1)
      .where('key', '!=', 'a')
      .where(FieldPath.documentId(), '<', 'doc5');
    for (const query of [both, both.startAt(cursor)])
      expect(await ids(query)).toEqual(['doc2', 'doc4', 'doc3']);
    for (const query of [both.orderBy('sort', 'desc'), both.orderBy('sort', 'desc').startAt(cursor)])
      expect(await ids(query)).toEqual(['doc2', 'doc3', 'doc4']);
  });

  test('listener and query agree on ids that are numbers', async () => {
    const sorted = [
      '__id-9223372036854775808__',
      '__id-2__',
      '__id7__',
      '__id12__',
      '__id9223372036854775807__',
      '12',
      '7',
      'A',
      'Aa',
      '__id',
      '__id1_',
      '_id1__',
      'a',
    ];
    const group = await fill(Object.fromEntries(sorted.toReversed().map((id) => [id, {}])));
    const query = group.orderBy(FieldPath.documentId());
    expect(await ids(query)).toEqual(sorted);
    const seen: string[][] = [];
    const stop = query.onSnapshot(({ docs }) => seen.push(docs.map(({ id }) => id)));
    await eventually(() => expect(seen).toEqual([sorted]));
    stop();
  });

  test('150 listeners at once', async () => {
    const group = collection();
    const sizes = Array.from({ length: 150 }, (): number[] => []);
    const stops = sizes.map((seen, i) => group.where('i', '>', i).onSnapshot(({ size }) => seen.push(size)));
    await eventually(() => expect(sizes.every((seen) => seen.length === 1)).toBe(true));
    await group.doc().set({ i: 1337 });
    await eventually(() => expect(sizes.every((seen) => seen.at(-1) === 1)).toBe(true));
    for (const stop of stops) stop();
  });
});

describe('transactions', () => {
  test('two that read and write the same document: both are applied, one after the other', async () => {
    const at = collection().doc();
    let attempts = 0;
    const arrived: (() => void)[] = [];
    const both = new Promise<void>((resolve) => arrived.push(resolve));
    let waiting = 0;
    const add = (field: string): Promise<void> =>
      db.runTransaction(async (t) => {
        attempts += 1;
        await t.get(at);
        if ((waiting += 1) === 2) arrived[0]?.();
        await both;
        t.set(at, { [field]: true }, { merge: true });
      });
    await Promise.all([add('first'), add('second')]);
    expect([attempts, (await at.get()).data()]).toEqual([3, { first: true, second: true }]);
  });

  test('a missing document to update ends it at the first attempt', async () => {
    let attempts = 0;
    const failing = db.runTransaction(async (t) => {
      attempts += 1;
      return Promise.resolve(t.update(collection().doc(), { a: 1 }));
    });
    await expect(failing).rejects.toThrow(/No document to update/);
    expect(attempts).toBe(1);
  });

  test('read-only, now and at an earlier time; several documents with a mask', async () => {
    const at = collection().doc();
    const { writeTime } = await at.set({ foo: 1, bar: 1 });
    await at.set({ foo: 2, bar: 2 });
    const get = async (t: FirebaseFirestore.Transaction): Promise<unknown> => (await t.get(at)).get('foo');
    expect(await db.runTransaction(get, { readOnly: true })).toBe(2);
    expect(await db.runTransaction(get, { readOnly: true, readTime: writeTime })).toBe(1);
    const missing: DocumentReference = collection().doc();
    const [a, b] = await db.runTransaction((t) => t.getAll(at, missing, { fieldMask: ['foo'] }));
    expect([a?.data(), b?.exists]).toEqual([{ foo: 2 }, false]);
  });
});

test('what a bundle holds comes with the time it was read', async () => {
  const group = await fill({ a: { n: 1 }, b: { n: 2 } });
  const [last, none] = [await group.orderBy('n').limitToLast(1).get(), await group.where('n', '==', 9).get()];
  const bundle = db
    .bundle('bundle')
    .add('last', last)
    .add('none', none)
    .add(await group.doc('missing').get());
  const text = bundle.build().toString();
  expect(text).toContain('"limitType":"LAST"');
  expect(text).toContain('"totalDocuments":2');
});
