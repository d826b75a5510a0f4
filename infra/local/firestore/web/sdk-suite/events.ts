import type { DocumentSnapshot, QuerySnapshot } from 'firebase/firestore';
import { describe, expect, test } from 'vitest';
import { bench } from './build.ts';
import type { Build } from './build.ts';
import { eventually } from '../../../testing/eventually.ts';

/** Waits for exactly these, and takes them away. */
async function next<T>(seen: T[], expected: readonly T[]): Promise<void> {
  await eventually(() => expect(seen).toEqual(expected));
  seen.length = 0;
}

/** Which events a listener gets, and no others: what the server says about a write must not come twice or apart. */
export function events(build: Build): void {
  describe('events', () => {
    const at = bench(build);
    const { doc, onSnapshot, setDoc, updateDoc, deleteDoc, addDoc, query, where, orderBy } = at.sdk;
    const every = { includeMetadataChanges: true };

    test('of a document: each change first as a pending write, then confirmed', async () => {
      const target = doc(at.own());
      const seen: string[] = [];
      const stop = onSnapshot(target, every, (snapshot: DocumentSnapshot) => {
        const { hasPendingWrites, fromCache } = snapshot.metadata;
        const state = `${hasPendingWrites ? 'pending' : 'done'}${fromCache ? ' cached' : ''}`;
        seen.push(`${JSON.stringify(snapshot.data())} ${state}`);
      });
      await next(seen, ['undefined done']);
      await setDoc(target, { a: 1 });
      await eventually(() => expect(seen).toEqual(['{"a":1} pending', '{"a":1} done']));
      await updateDoc(target, { b: 2 });
      await eventually(() => expect(seen.slice(2)).toEqual(['{"a":1,"b":2} pending', '{"a":1,"b":2} done']));
      await deleteDoc(target);
      await eventually(() => expect(seen.slice(4)).toEqual(['undefined done']));
      await setDoc(doc(at.own()), {}); // had anything else been on its way, it would be here before this
      expect(seen).toHaveLength(5);
      stop();
    });

    test('a change that is none is no event', async () => {
      const group = await at.seed({ a: { n: 1 } });
      const seen: number[] = [];
      const stop = onSnapshot(doc(group, 'a'), (snapshot) => seen.push(Number(snapshot.get('n'))));
      await eventually(() => expect(seen).toEqual([1]));
      await setDoc(doc(at.other, group.path, 'a'), { n: 1 });
      await setDoc(doc(at.other, group.path, 'a'), { n: 2 });
      await eventually(() => expect(seen).toEqual([1, 2]));
      stop();
    });

    test('snapshots are in sync once for each round', async () => {
      const group = await at.seed({ a: { foo: 1 } });
      const seen: string[] = [];
      const stop = onSnapshot(doc(group, 'a'), () => seen.push('document'));
      await next(seen, ['document']);
      const leave = at.sdk.onSnapshotsInSync(at.db, () => seen.push('sync'));
      await setDoc(doc(group, 'a'), { foo: 3 });
      await eventually(() => expect(seen.slice(0, 3)).toEqual(['sync', 'document', 'sync']));
      leave();
      stop();
    });

    test('the same query from the cache and from the server tell the same, together', async () => {
      const group = await at.seed({ a: { sort: 0 }, b: { sort: 1 } });
      await at.sdk.getDocs(group);
      const target = query(group, where('sort', '!=', 0), orderBy('sort'));
      const log = (into: string[]) => (snapshot: QuerySnapshot) => {
        const { hasPendingWrites, fromCache } = snapshot.metadata;
        const names = snapshot.docs.map(({ id }) => (id.length > 1 ? '?' : id)).join('');
        into.push(`${names}${hasPendingWrites ? ' pending' : ''}${fromCache ? ' cached' : ''}`);
      };
      const [cached, served]: [string[], string[]] = [[], []];
      const stopCached = onSnapshot(target, { ...every, source: 'cache' }, log(cached));
      await next(cached, ['b cached']);
      const stopServed = onSnapshot(target, every, log(served));
      await next(served, ['b cached', 'b']);
      await next(cached, ['b']);
      await addDoc(group, { sort: 2 });
      await eventually(() => expect(served).toEqual(['b? pending', 'b?']));
      await eventually(() => expect(cached).toEqual(['b? pending', 'b?']));
      stopServed();
      stopCached();
    });

    test('server timestamps: none, estimated or previous, until the server has spoken', async () => {
      const target = doc(at.own());
      await setDoc(target, { when: 42 });
      const seen: unknown[][] = [];
      const stop = onSnapshot(target, (snapshot) =>
        seen.push(
          (['none', 'estimate', 'previous'] as const).map((serverTimestamps) =>
            snapshot.get('when', { serverTimestamps }),
          ),
        ),
      );
      await next(seen, [[42, 42, 42]]);
      await updateDoc(target, { when: at.sdk.serverTimestamp() });
      const time: unknown = expect.any(at.sdk.Timestamp);
      await eventually(() =>
        expect(seen).toEqual([
          [null, time, 42],
          [time, time, time],
        ]),
      );
      stop();
    });
  });
}
