import type { DocumentSnapshot } from 'firebase/firestore';
import { describe, expect, test } from 'vitest';
import { bench, outcome } from './build.ts';
import type { Build } from './build.ts';
import { eventually } from '../../../testing/eventually.ts';

export function documents(build: Build): void {
  describe('documents', () => {
    const at = bench(build);
    const { doc, setDoc, updateDoc, deleteDoc, getDocFromServer, writeBatch, FieldPath } = at.sdk;
    const read = async (target: ReturnType<typeof doc>): Promise<unknown> =>
      (await getDocFromServer(target)).data();

    test('merging nothing, or an empty map, still makes the document and the map', async () => {
      const target = doc(at.own());
      await setDoc(target, {}, { merge: true });
      expect(await read(target)).toEqual({});
      await setDoc(target, { a: {} }, { mergeFields: ['a'] });
      await setDoc(target, { b: { c: 1 } }, { merge: true });
      await setDoc(target, { b: {} }, { merge: true });
      expect(await read(target)).toEqual({ a: {}, b: {} });
      await setDoc(target, { b: { c: 1 } }, { merge: true });
      await setDoc(target, { a: 1, b: { d: 2 }, e: 3 }, { mergeFields: ['b.d', 'e'] });
      expect(await read(target)).toEqual({ a: {}, b: { c: 1, d: 2 }, e: 3 });
    });

    test('update names fields by path, dotted or quoted', async () => {
      const target = doc(at.own());
      await setDoc(target, { 'a.b': 1, 'c`\\': { 'd e': 1 }, x: { y: 2 }, f: { g: 1 } });
      await updateDoc(target, new FieldPath('a.b'), 5, 'x.y', at.sdk.deleteField(), 'f', { h: 1 });
      await updateDoc(target, new FieldPath('c`\\', 'd e'), 'quoted');
      expect(await read(target)).toEqual({ 'a.b': 5, 'c`\\': { 'd e': 'quoted' }, x: {}, f: { h: 1 } });
      expect(await outcome(updateDoc(doc(at.own()), { a: 1 }))).toBe('not-found');
    });

    test('transforms: the server’s time is one for a batch, numbers add up, arrays are sets', async () => {
      const group = at.own();
      const [a, b] = [doc(group), doc(group)];
      const { serverTimestamp, increment, arrayUnion, arrayRemove } = at.sdk;
      await writeBatch(at.db)
        .set(a, { at: serverTimestamp(), n: 1, list: ['x', 1] })
        .set(b, { at: serverTimestamp(), n: increment(2.5) })
        .update(a, { n: increment(2), list: arrayUnion(1, 'y') })
        .update(a, { n: increment(0.5), list: arrayRemove('x', 'z') })
        .commit();
      const [first, second] = [await getDocFromServer(a), await getDocFromServer(b)];
      expect(first.get('at')).toEqual(second.get('at'));
      expect([first.get('n'), first.get('list'), second.get('n')]).toEqual([3.5, [1, 'y'], 2.5]);
      await writeBatch(at.db)
        .update(a, { n: increment(1) })
        .delete(a)
        .set(a, { n: increment(7) }, { merge: true })
        .commit();
      expect(await read(a)).toEqual({ n: 7 });
    });

    test('several writes of a batch to one document are one event', async () => {
      const target = doc(at.own());
      const seen: unknown[] = [];
      at.sdk.onSnapshot(target, { includeMetadataChanges: true }, (snapshot: DocumentSnapshot) =>
        seen.push([snapshot.data({ serverTimestamps: 'none' })?.['b'], snapshot.metadata.hasPendingWrites]),
      );
      await eventually(() => expect(seen).toEqual([[undefined, false]]));
      await writeBatch(at.db)
        .delete(target)
        .set(target, { a: 1, b: 1 })
        .update(target, { b: 2, at: at.sdk.serverTimestamp() })
        .commit();
      await eventually(() =>
        expect(seen.slice(1)).toEqual([
          [2, true],
          [2, false],
        ]),
      );
    });

    test('a batch that fails leaves nothing', async () => {
      const group = at.own();
      const [a, b] = [doc(group), doc(group)];
      expect(await outcome(writeBatch(at.db).set(a, { a: 1 }).update(b, { b: 1 }).commit())).toBe(
        'not-found',
      );
      expect((await at.sdk.getDocsFromServer(group)).empty).toBe(true);
    });

    test('a batch of four documents of 0.9 MB', async () => {
      const group = at.own();
      const data = Object.fromEntries(
        Array.from({ length: 900 }, (_, i) => [`f${String(i)}`, 'a'.repeat(1000)]),
      );
      const batch = writeBatch(at.db);
      for (let i = 0; i < 4; i += 1) batch.set(doc(group), data);
      await batch.commit();
      expect((await at.sdk.getDocsFromServer(group)).docs.map((d) => Object.keys(d.data()).length)).toEqual([
        900, 900, 900, 900,
      ]);
    });

    test('numbers come back as they were', async () => {
      const target = doc(at.own());
      const data = {
        zero: -0,
        huge: 1e300,
        exact: Number.MAX_SAFE_INTEGER,
        beyond: 2 ** 60,
        tiny: 5e-324,
        none: Number.NaN,
        end: -Infinity,
      };
      await setDoc(target, data);
      expect(await read(target)).toEqual(data);
    });

    test('ids and collections of any characters, in every kind of request', async () => {
      for (const path of [
        'so!@#$%^&*()_+special/sub',
        'b1/so!@#$%^&*()_+special',
        'a:b/c:d',
        'ü b?x/é',
        '%2F/%',
      ]) {
        const group = at.sdk.collection(at.own(), path);
        await at.sdk.addDoc(group, { n: 1 });
        const target = await at.sdk.addDoc(group, { n: 2 });
        expect((await at.sdk.getCountFromServer(group)).data().count).toBe(2);
        expect((await at.sdk.getDocsFromServer(group)).size).toBe(2);
        await at.sdk.runTransaction(at.db, async (t) =>
          t.update(target, { n: Number((await t.get(target)).get('n')) + 1 }),
        );
        expect(await read(target)).toEqual({ n: 3 });
      }
    });

    test('reserved names are refused in every kind of request; the next request works', async () => {
      const bad = doc(at.db, 'a/__badpath__');
      const errors: string[] = [];
      const listen = (): unknown =>
        at.sdk.onSnapshot(
          at.sdk.collection(at.db, 'a/__badpath__/b'),
          () => undefined,
          ({ code }) => errors.push(code),
        );
      listen();
      await eventually(() => expect(errors).toEqual(['invalid-argument']));
      listen();
      await eventually(() => expect(errors).toHaveLength(2));
      expect(await outcome(getDocFromServer(bad))).toBe('invalid-argument');
      expect(await outcome(at.sdk.getDoc(bad))).toBe('invalid-argument');
      expect(await outcome(at.sdk.runTransaction(at.db, (t) => t.get(bad)))).toBe('invalid-argument');
      expect(await outcome(setDoc(bad, {}))).toBe('invalid-argument');
      expect(await outcome(setDoc(doc(at.db, 'a/good'), {}))).toBe('done');
    });

    test('writes made offline are sent in order, and refused one by one', async () => {
      const target = doc(at.own());
      await at.sdk.disableNetwork(at.db);
      const outcomes = [
        updateDoc(target, { a: 1 }),
        setDoc(target, { n: at.sdk.increment(1) }),
        updateDoc(target, { n: at.sdk.increment(1) }),
      ].map(outcome);
      expect(await outcome(getDocFromServer(target))).toBe('unavailable');
      await at.sdk.enableNetwork(at.db);
      await at.sdk.waitForPendingWrites(at.db);
      expect(await Promise.all(outcomes)).toEqual(['not-found', 'done', 'done']);
      expect(await read(target)).toEqual({ n: 2 });
      await deleteDoc(target);
      expect((await getDocFromServer(target)).exists()).toBe(false);
    });
  });
}
