import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Documents } from '../../ports/documents.ts';
import { ids, root, seed } from './tools.ts';

/** What a listener hears, of a document and of a query. */
export function watchSuite(store: () => Documents): void {
  let db: Documents;
  beforeAll(() => {
    db = store();
  });

  describe('watch', () => {
    const fail = (error: Error) => {
      throw error;
    };

    test('missing -> created -> updated -> deleted: one call for each', async () => {
      const path = `${root()}/a`;
      const seen: unknown[] = [];
      const stop = db.watch(path, (document) => seen.push(document?.fields['n']), fail);
      await expect.poll(() => seen).toEqual([undefined]);
      await db.commit([{ op: 'create', path, fields: { n: 1 } }]);
      await expect.poll(() => seen).toEqual([undefined, 1]);
      await db.commit([{ op: 'update', path, fields: { n: 2 } }]);
      await expect.poll(() => seen).toEqual([undefined, 1, 2]);
      await db.commit([{ op: 'delete', path }]);
      await expect.poll(() => seen).toEqual([undefined, 1, 2, undefined]);
      stop();
    });

    test('after unsubscribing nothing is called', async () => {
      const path = `${root()}/a`;
      const stopped = vi.fn();
      const other = vi.fn();
      const stop = db.watch(path, stopped, fail);
      const stopOther = db.watch(path, other, fail);
      await expect.poll(() => stopped).toHaveBeenCalledTimes(1);
      stop();
      await db.commit([{ op: 'create', path, fields: { n: 1 } }]);
      await expect.poll(() => other).toHaveBeenLastCalledWith(expect.objectContaining({ path }));
      expect(stopped).toHaveBeenCalledTimes(1);
      stopOther();
    });

    test('a query: first what is there, then what was added or changed, not what left', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1 }, z: { n: -1 } });
      const seen: string[][] = [];
      const query = {
        collection: at,
        where: [{ field: 'n', op: '>' as const, value: 0 }],
        orderBy: [{ field: 'n', direction: 'asc' as const }],
      };
      const stop = db.watchQuery(query, (changed) => seen.push(ids(changed)), fail);
      await expect.poll(() => seen).toEqual([['a']]);
      await seed(db, at, { b: { n: 2 }, y: { n: -2 } });
      await expect.poll(() => seen).toEqual([['a'], ['b']]);
      await seed(db, at, { b: { n: -2 } });
      await seed(db, at, { a: { n: 5 } });
      await expect.poll(() => seen).toEqual([['a'], ['b'], ['a']]);
      stop();
    });

    test('a listener that throws hears of it itself, and nothing more; others go on', async () => {
      const at = root();
      const others: unknown[] = [];
      const heard: string[] = [];
      let calls = 0;
      const throwing = () => {
        calls += 1;
        throw new Error('cannot be read');
      };
      const stops = [
        db.watch(`${at}/a`, throwing, (error) => heard.push(error.message)),
        db.watchQuery({ collection: at }, throwing, (error) => heard.push(error.message)),
        // Not even the one that cannot bear to hear of it.
        db.watch(`${at}/a`, throwing, fail),
        db.watch(`${at}/a`, (document) => others.push(document?.fields['n']), fail),
        db.watchQuery({ collection: at }, (changed) => others.push(...ids(changed)), fail),
      ];
      await vi.waitFor(() => expect(heard).toEqual(['cannot be read', 'cannot be read']));
      await vi.waitFor(() => expect(others).toEqual([undefined]));
      await db.commit([{ op: 'create', path: `${at}/a`, fields: { n: 1 } }]);
      await vi.waitFor(() => expect(others.toSorted()).toEqual([1, 'a', undefined]));
      expect(heard).toHaveLength(2);
      expect(calls).toBe(3);
      for (const stop of stops) stop();
    });

    test('an empty query says so once', async () => {
      const seen: number[] = [];
      const stop = db.watchQuery({ collection: root() }, (changed) => seen.push(changed.length), fail);
      await expect.poll(() => seen).toEqual([0]);
      stop();
    });
  });
}
