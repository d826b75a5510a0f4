/** Firestore Lite, which speaks REST alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectionReference, DocumentData, Firestore, Query } from 'firebase/firestore/lite';
import { startFirestore } from '../server.ts';
import type { FirestoreServer } from '../server.ts';
import { outcome } from './sdk-suite/build.ts';
import { app, lite } from './testing/browser-sdk.ts';

let server: FirestoreServer;
let db: Firestore;
let count = 0;
const { doc, collection, collectionGroup, getDoc, getDocs, setDoc, updateDoc, query, where, orderBy } = lite;
beforeAll(async () => {
  server = await startFirestore();
  lite.setLogLevel('silent');
  db = lite.getFirestore(app.initializeApp({ projectId: 'p', apiKey: 'k' }, 'lite'));
  lite.connectFirestoreEmulator(db, '127.0.0.1', server.port);
});
afterAll(async () => {
  await lite.terminate(db);
  await server.close();
});

const own = (): CollectionReference => collection(db, `c${String((count += 1))}`);
async function seed(documents: Record<string, DocumentData>): Promise<CollectionReference> {
  const group = own();
  const batch = lite.writeBatch(db);
  for (const [id, data] of Object.entries(documents)) batch.set(doc(group, id), data);
  await batch.commit();
  return group;
}
const ids = async (target: Query): Promise<string> =>
  (await getDocs(target)).docs.map(({ id }) => id).join('');

describe('documents', () => {
  test('every type of value comes back', async () => {
    const target = doc(own());
    const data = {
      text: 'é🚀',
      numbers: [1, -0.5, 2 ** 53 - 1, 1e300, Number.NaN, Infinity],
      none: null,
      yes: true,
      bytes: lite.Bytes.fromUint8Array(new Uint8Array([0, 255])),
      place: new lite.GeoPoint(1.5, -2.5),
      when: new lite.Timestamp(1_700_000_000, 123_000),
      link: doc(db, 'a/b'),
      vector: lite.vector([1, 2.5]),
      deep: { 'a.b': [{ c: 1 }] },
    };
    await setDoc(target, data);
    const read = (await getDoc(target)).data() ?? {};
    expect(Object.keys(read).sort()).toEqual(Object.keys(data).sort());
    expect(lite.refEqual(read['link'], data.link)).toBe(true);
    const { link: _, ...rest } = data;
    expect(read).toMatchObject(rest);
  });

  test('merges, paths, transforms; what must exist', async () => {
    const target = doc(own());
    await setDoc(target, { a: { b: 1, c: 2 }, n: 1, list: ['x'] });
    await setDoc(target, { a: { b: lite.deleteField(), d: 3 } }, { merge: true });
    await updateDoc(target, {
      n: lite.increment(1.5),
      list: lite.arrayUnion('y'),
      'a.e': lite.serverTimestamp(),
    });
    const { a, n, list } = (await getDoc(target)).data() ?? {};
    expect([n, list, a]).toEqual([2.5, ['x', 'y'], { c: 2, d: 3, e: expect.any(lite.Timestamp) }]);
    expect(await outcome(updateDoc(doc(own()), { a: 1 }))).toBe('not-found');
    await lite.deleteDoc(target);
    expect((await getDoc(target)).exists()).toBe(false);
    // What this SDK makes of HTTP 400, which it looks at alone.
    expect(await outcome(getDoc(doc(db, 'a/__bad__')))).toBe('failed-precondition');
  });
});

describe('queries', () => {
  test('filters, orders, cursors, limits, groups', async () => {
    const group = await seed({
      a: { n: 1, tags: ['x'] },
      b: { n: 2, tags: ['y'] },
      c: { n: 3, tags: ['x', 'y'] },
      d: { n: null },
    });
    expect(await ids(query(group, where('n', '>', 1)))).toBe('bc');
    expect(await ids(query(group, orderBy('n', 'desc'), lite.limit(2)))).toBe('cb');
    expect(await ids(query(group, orderBy('n'), lite.limitToLast(2)))).toBe('bc');
    expect(await ids(query(group, orderBy('n'), lite.startAfter(1), lite.endAt(3)))).toBe('bc');
    expect(await ids(query(group, lite.startAt(await getDoc(doc(group, 'c')))))).toBe('cd');
    expect(await ids(query(group, where('tags', 'array-contains-any', ['x'])))).toBe('ac');
    expect(await ids(query(group, where('n', '==', null)))).toBe('d');
    expect(await ids(query(group, where('n', 'not-in', [1, 2])))).toBe('c');
    const either = lite.or(
      where('n', '==', 1),
      lite.and(where('n', '>', 2), where('tags', 'array-contains', 'y')),
    );
    expect(await ids(query(group, either))).toBe('ac');
    await setDoc(doc(group, 'a', group.id, 'deep'), { n: 9 });
    expect(await ids(query(collectionGroup(db, group.id), where('n', '>', 2)))).toBe('cdeep');
  });

  test('aggregations', async () => {
    const group = await seed({ a: { n: 1 }, b: { n: 2.5 }, c: { m: 1 } });
    const all = { n: lite.count(), sum: lite.sum('n'), average: lite.average('n') };
    expect((await lite.getAggregate(group, { n: lite.count() })).data()).toEqual({ n: 3 });
    expect((await lite.getAggregate(group, all)).data()).toEqual({ n: 2, sum: 3.5, average: 1.75 });
    expect((await lite.getCount(query(group, where('n', '>', 5)))).data().count).toBe(0);
  });
});

test('transactions: ten at once all count; a failed one leaves nothing', async () => {
  const target = doc(own());
  await setDoc(target, { n: 0 });
  const add = (): Promise<void> =>
    lite.runTransaction(
      db,
      async (t) => {
        t.update(target, { n: Number((await t.get(target)).get('n')) + 1 });
      },
      { maxAttempts: 20 },
    );
  await Promise.all([add(), add(), add()]);
  expect((await getDoc(target)).get('n')).toBe(3);
  const failing = lite.runTransaction(db, async (t) => {
    t.set(target, { n: -1 });
    return Promise.reject(new Error('changed my mind'));
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect((await getDoc(target)).get('n')).toBe(3);
});
