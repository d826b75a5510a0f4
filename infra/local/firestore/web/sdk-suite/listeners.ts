import type { CollectionReference, Query, QuerySnapshot } from 'firebase/firestore';
import { describe, expect, test } from 'vitest';
import { bench } from './build.ts';
import type { Build } from './build.ts';
import { eventually } from '../../../testing/eventually.ts';

export function listeners(build: Build): void {
  describe('listeners', () => {
    const at = bench(build);
    const { query, where, orderBy, limit, limitToLast, onSnapshot, setDoc, deleteDoc, doc } = at.sdk;
    /** In the hands of the other client: changes come from the server alone. */
    const elsewhere = (group: CollectionReference, id: string): ReturnType<typeof doc> =>
      doc(at.other, group.path, id);

    function watch(target: Query): { seen: string[]; changes: string[]; stop: () => void } {
      const seen: string[] = [];
      const changes: string[] = [];
      const stop = onSnapshot(target, (snapshot: QuerySnapshot) => {
        seen.push(snapshot.docs.map(({ id }) => id).join(''));
        changes.push(
          snapshot
            .docChanges()
            .map((c) => `${c.type} ${c.doc.id} ${String(c.oldIndex)}>${String(c.newIndex)}`)
            .join(', '),
        );
      });
      return { seen, changes, stop };
    }

    test('what changed, from where and to where', async () => {
      const group = await at.seed({ a: { n: 1 }, b: { n: 2 } });
      const { changes, stop } = watch(query(group, orderBy('n')));
      await eventually(() => expect(changes).toEqual(['added a -1>0, added b -1>1']));
      await setDoc(elsewhere(group, 'a'), { n: 3 });
      await eventually(() => expect(changes.at(-1)).toBe('modified a 0>1'));
      const batch = at.sdk.writeBatch(at.other);
      batch.delete(elsewhere(group, 'b')).set(elsewhere(group, 'c'), { n: 0 });
      await batch.commit();
      await eventually(() => expect(changes.at(-1)).toBe('removed b 0>-1, added c -1>0'));
      await setDoc(elsewhere(group, 'c'), { m: 0 });
      await eventually(() => expect(changes.at(-1)).toBe('removed c 0>-1'));
      stop();
    });

    test('limit and limitToLast of mirrored orders stay apart', async () => {
      const group = await at.seed({ a: { sort: 0 }, b: { sort: 1 }, c: { sort: 1 }, d: { sort: 2 } });
      const first = watch(query(group, orderBy('sort'), limit(2)));
      const last = watch(query(group, orderBy('sort', 'desc'), limitToLast(2)));
      await eventually(() => expect([first.seen.at(-1), last.seen.at(-1)]).toEqual(['ab', 'ba']));
      first.stop();
      await setDoc(elsewhere(group, 'e'), { sort: -1 });
      await eventually(() => expect(last.seen.at(-1)).toBe('ae'));
      await setDoc(elsewhere(group, 'a'), { sort: 9 });
      await eventually(() => expect(last.seen.at(-1)).toBe('be'));
      last.stop();
    });

    test('a query asked again hears of documents that were deleted meanwhile', async () => {
      const group = await at.seed(
        Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`d${String(i)}`, { k: 42 }])),
      );
      expect((await at.sdk.getDocs(group)).size).toBe(100);
      const batch = at.sdk.writeBatch(at.other);
      for (let i = 0; i < 50; i += 1) batch.delete(elsewhere(group, `d${String(i)}`));
      await batch.commit();
      const again = await at.sdk.getDocs(group);
      expect([again.size, again.metadata.fromCache]).toEqual([50, false]);
    });

    test('changes while offline arrive when the network is back', async () => {
      const group = await at.seed({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
      const { seen, stop } = watch(query(group, where('n', '>', 0), orderBy('n')));
      await eventually(() => expect(seen.at(-1)).toBe('abc'));
      await at.sdk.disableNetwork(at.db);
      await deleteDoc(elsewhere(group, 'a'));
      await setDoc(elsewhere(group, 'b'), { n: -1 });
      await setDoc(elsewhere(group, 'c'), { n: 9 });
      await setDoc(elsewhere(group, 'd'), { n: 5 });
      await at.sdk.enableNetwork(at.db);
      await eventually(() => expect(seen.at(-1)).toBe('dc'));
      stop();
    });

    test('from the cache while offline, from the server again later', async () => {
      const group = await at.seed({ a: { n: 1 } });
      const seen: boolean[] = [];
      const stop = onSnapshot(group, { includeMetadataChanges: true }, ({ metadata }) =>
        seen.push(metadata.fromCache),
      );
      await eventually(() => expect(seen.at(-1)).toBe(false));
      await at.sdk.disableNetwork(at.db);
      await eventually(() => expect(seen.at(-1)).toBe(true));
      await at.sdk.enableNetwork(at.db);
      await eventually(() => expect(seen.at(-1)).toBe(false));
      stop();
    });

    test('a listener on the cache alone asks the server nothing', async () => {
      const group = await at.seed({ a: { n: 1 } });
      const seen: number[] = [];
      const stop = onSnapshot(group, { source: 'cache' }, ({ size }) => seen.push(size));
      await eventually(() => expect(seen).toEqual([0]));
      const live = watch(group);
      await eventually(() => expect([seen.at(-1), live.seen.at(-1)]).toEqual([1, 'a']));
      live.stop();
      stop();
    });
  });
}
