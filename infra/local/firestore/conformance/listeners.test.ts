import { FieldValue } from '@google-cloud/firestore';
import type { DocumentSnapshot, Query, QuerySnapshot } from '@google-cloud/firestore';
import { describe, expect, onTestFinished, test } from 'vitest';
import { start } from './harness.ts';
import { eventually } from '../../testing/eventually.ts';

const { db, collection } = await start();

/** What a listener saw: for each snapshot its ids, and its changes. */
function watch(query: Query): { ids: string[][]; changes: string[][]; errors: Error[] } {
  const seen = { ids: new Array<string[]>(), changes: new Array<string[]>(), errors: new Array<Error>() };
  onTestFinished(
    query.onSnapshot(
      (snapshot: QuerySnapshot) => {
        seen.ids.push(snapshot.docs.map((d) => d.id));
        seen.changes.push(snapshot.docChanges().map(({ type, doc }) => `${type} ${doc.id}`));
      },
      (error) => seen.errors.push(error),
    ),
  );
  return seen;
}

describe('listeners', () => {
  test('a query: what enters, changes and leaves, by write and by deletion', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    const { changes } = watch(c.where('n', '>', 0).orderBy('n'));
    await eventually(() => expect(changes).toEqual([['added a']]));
    await c.doc('b').set({ n: 2 });
    await c.doc('out').set({ n: -1 });
    await c.doc('a').update({ n: 3 });
    await c.doc('b').update({ n: 0 });
    await c.doc('a').delete();
    await eventually(() =>
      expect(changes).toEqual([['added a'], ['added b'], ['modified a'], ['removed b'], ['removed a']]),
    );
  });

  test('a batch arrives as one snapshot', async () => {
    const c = collection();
    const { ids } = watch(c);
    await eventually(() => expect(ids).toEqual([[]]));
    const batch = db.batch();
    for (const id of ['a', 'b', 'c']) batch.set(c.doc(id), {});
    await batch.commit();
    await eventually(() => expect(ids).toEqual([[], ['a', 'b', 'c']]));
  });

  test('a limit refills when a document leaves', async () => {
    const c = collection();
    await Promise.all([1, 2, 3, 4].map((n) => c.doc(`d${String(n)}`).set({ n })));
    const { ids } = watch(c.orderBy('n').limit(2));
    await eventually(() => expect(ids.at(-1)).toEqual(['d1', 'd2']));
    await c.doc('d1').delete();
    await eventually(() => expect(ids.at(-1)).toEqual(['d2', 'd3']));
    await c.doc('d4').update({ n: 0 });
    await eventually(() => expect(ids.at(-1)).toEqual(['d4', 'd2']));
    await c.doc('d3').update({ n: 50 });
    await c.doc('d2').update({ n: 60 });
    await eventually(() => expect(ids.at(-1)).toEqual(['d4', 'd3']));
    const last = watch(c.orderBy('n').limitToLast(1));
    await eventually(() => expect(last.ids).toEqual([['d2']]));
  });

  test('a document: missing, created, changed, deleted', async () => {
    const doc = collection().doc();
    const seen: unknown[] = [];
    onTestFinished(doc.onSnapshot((snapshot: DocumentSnapshot) => seen.push(snapshot.data())));
    await eventually(() => expect(seen).toEqual([undefined]));
    await doc.set({ n: 1 });
    await doc.update({ n: FieldValue.increment(1) });
    await doc.delete();
    await eventually(() => expect(seen).toEqual([undefined, { n: 1 }, { n: 2 }, undefined]));
  });

  test('a collection group, and only its own collection for a plain query', async () => {
    const c = collection();
    const group = watch(db.collectionGroup(`${c.id}-sub`));
    const one = watch(c.doc('x').collection(`${c.id}-sub`));
    await eventually(() => expect([group.ids, one.ids]).toEqual([[[]], [[]]]));
    await c.doc('y').collection(`${c.id}-sub`).doc('1').set({});
    await c.doc('x').collection(`${c.id}-sub`).doc('2').set({});
    await eventually(() =>
      expect([group.ids.at(-1), one.ids]).toEqual([
        ['2', '1'],
        [[], ['2']],
      ]),
    );
  });

  test('a query that is refused tells the listener', async () => {
    const { errors } = watch(collection().where('a', 'not-in', [1]).where('b', '!=', 1));
    await eventually(() => expect(errors).toHaveLength(1));
    expect(errors[0]?.message).toContain('cannot be combined');
  });

  test('many listeners, each with its own query, see their own changes only', async () => {
    const c = collection();
    const seen = Array.from({ length: 100 }, (_, i) => watch(c.where('n', '==', i)));
    await eventually(() => expect(seen.every(({ ids }) => ids.length === 1)).toBe(true));
    await Promise.all([7, 42].map((n) => c.doc(`d${String(n)}`).set({ n })));
    await eventually(() => expect(seen.filter(({ ids }) => ids.length === 2)).toHaveLength(2));
    expect(seen[7]?.ids).toEqual([[], ['d7']]);
  });
});
