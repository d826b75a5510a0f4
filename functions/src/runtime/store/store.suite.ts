import type { BaseStore } from '@langchain/langgraph-checkpoint';
import { beforeEach, describe, expect, test } from 'vitest';

/** What LangGraph's own InMemoryStore does and ours must do too; `open` gives an empty store. */
export function storeSuite(name: string, open: () => BaseStore): void {
  describe(`store: ${name}`, () => {
    let store: BaseStore;
    beforeEach(() => {
      store = open();
    });

    const keys = (items: { key: string }[]) => items.map(({ key }) => key).sort();
    const spaces = (found: string[][]) => found.map((namespace) => namespace.join('/')).sort();

    describe('items', () => {
      test('what was put is got, with its place and times', async () => {
        const value = { text: 'Grüße 🚀', deep: { list: [1, [2, null], { a: true }] }, none: null };
        await store.put(['users', 'ada'], 'a/b.c', value);
        const item = await store.get(['users', 'ada'], 'a/b.c');
        expect(item).toMatchObject({ namespace: ['users', 'ada'], key: 'a/b.c', value });
        expect(item?.createdAt).toBeInstanceOf(Date);
        expect(item?.updatedAt).toEqual(item?.createdAt);
      });

      test('nothing there -> null', async () => {
        await store.put(['a'], 'k', { n: 1 });
        expect(await store.get(['a'], 'other')).toBeNull();
        expect(await store.get(['a', 'b'], 'k')).toBeNull();
      });

      test('put again -> replaced whole, first date kept', async () => {
        await store.put(['a'], 'k', { n: 1, old: true });
        const before = await store.get(['a'], 'k');
        const createdAt = before?.createdAt;
        await store.put(['a'], 'k', { n: 2 });
        const item = await store.get(['a'], 'k');
        expect(item?.value).toEqual({ n: 2 });
        expect(item?.createdAt).toEqual(createdAt);
        expect(await store.search(['a'])).toHaveLength(1);
      });

      test('delete -> gone; a second one is no error', async () => {
        await store.put(['a'], 'k', { n: 1 });
        await store.delete(['a'], 'k');
        await store.delete(['a'], 'k');
        expect(await store.get(['a'], 'k')).toBeNull();
        expect(await store.search(['a'])).toEqual([]);
      });

      test('the same key in two namespaces is two items', async () => {
        await store.put(['a'], 'k', { n: 1 });
        await store.put(['a', 'b'], 'k', { n: 2 });
        await store.delete(['a'], 'k');
        expect((await store.get(['a', 'b'], 'k'))?.value).toEqual({ n: 2 });
      });

      test.each([[[]], [['']], [['a', '']], [['a.b']], [['langgraph']], [['langgraph', 'x']]])(
        'put into %j is refused',
        async (namespace) => {
          await expect(store.put(namespace, 'k', { n: 1 })).rejects.toMatchObject({
            name: 'InvalidNamespaceError',
          });
        },
      );

      test('"langgraph" further down is a label like any other', async () => {
        await store.put(['a', 'langgraph'], 'k', { n: 1 });
        expect(await store.get(['a', 'langgraph'], 'k')).not.toBeNull();
      });
    });

    describe('search', () => {
      test('a prefix finds the namespace and what lies below it', async () => {
        await store.put(['docs'], 'top', { n: 1 });
        await store.put(['docs', 'a'], 'in', { n: 2 });
        await store.put(['docs', 'a', 'b'], 'deep', { n: 3 });
        await store.put(['notes'], 'no', { n: 4 });
        expect(keys(await store.search(['docs']))).toEqual(['deep', 'in', 'top']);
        expect(keys(await store.search(['docs', 'a']))).toEqual(['deep', 'in']);
        expect(keys(await store.search([]))).toEqual(['deep', 'in', 'no', 'top']);
        expect(await store.search(['nowhere'])).toEqual([]);
      });

      test('10 unless told; pages are disjoint and complete', async () => {
        for (let i = 0; i < 25; i += 1) await store.put(['a', `${i % 3}`], `k${i}`, { i });
        expect(await store.search(['a'])).toHaveLength(10);
        const pages = [];
        for (let offset = 0; offset < 30; offset += 10)
          pages.push(...(await store.search(['a'], { limit: 10, offset })));
        expect(new Set(keys(pages)).size).toBe(25);
        expect(pages).toHaveLength(25);
        expect(await store.search(['a'], { offset: 100 })).toEqual([]);
      });

      test.each<[Record<string, unknown>, string[]]>([
        [{ color: 'red' }, ['a', 'b']],
        [{ color: { $eq: 'blue' } }, ['c']],
        [{ color: { $ne: 'red' } }, ['c', 'd']],
        [{ n: { $gt: 2 } }, ['c', 'd']],
        [{ n: { $gte: 2 } }, ['b', 'c', 'd']],
        [{ n: { $lt: 2 } }, ['a']],
        [{ n: { $lte: 2 } }, ['a', 'b']],
        [{ n: { $gt: 1, $lt: 4 } }, ['b', 'c']],
        [{ n: { $in: [1, 4] } }, ['a', 'd']],
        [{ n: { $nin: [1, 4] } }, ['b', 'c']],
        [{ color: 'red', n: { $gte: 2 } }, ['b']],
        [{ on: true }, ['a']],
        [{ gone: null }, ['a']],
        [{ missing: 'x' }, []],
        [{ 'deep.x': 1 }, []],
        [{ toString: 'x' }, []],
        [{}, ['a', 'b', 'c', 'd']],
      ])('filter %j -> %j', async (filter, expected) => {
        await store.put(['s'], 'a', { color: 'red', n: 1, on: true, gone: null });
        await store.put(['s'], 'b', { color: 'red', n: 2, on: false, deep: { x: 1 } });
        await store.put(['s'], 'c', { color: 'blue', n: 3 });
        await store.put(['s'], 'd', { n: 4 });
        expect(keys(await store.search(['s'], { filter }))).toEqual(expected);
      });

      test('a filter works before the limit', async () => {
        for (let i = 0; i < 30; i += 1) await store.put(['a'], `k${i}`, { even: i % 2 === 0 });
        expect(await store.search(['a'], { filter: { even: true }, limit: 12 })).toHaveLength(12);
        expect(await store.search(['a'], { filter: { even: true }, limit: 12, offset: 12 })).toHaveLength(3);
      });

      test('a query never hides what the limit has room for', async () => {
        await store.put(['a'], 'x', { text: 'one' });
        await store.put(['a'], 'y', { text: 'two' });
        expect(await store.search(['a'], { query: 'two' })).toHaveLength(2);
      });
    });

    describe('listNamespaces', () => {
      beforeEach(async () => {
        for (const path of ['a/b/c', 'a/b/d/e', 'a/f', 'a', 'users/1/v1', 'users/2/v1', 'users/2/v2']) {
          await store.put(path.split('/'), 'k', { path });
          await store.put(path.split('/'), 'k2', { path });
        }
      });

      test.each<[Parameters<BaseStore['listNamespaces']>[0], string[]]>([
        [{}, ['a', 'a/b/c', 'a/b/d/e', 'a/f', 'users/1/v1', 'users/2/v1', 'users/2/v2']],
        [{ prefix: ['a', 'b'] }, ['a/b/c', 'a/b/d/e']],
        [{ suffix: ['v1'] }, ['users/1/v1', 'users/2/v1']],
        [{ prefix: ['users'], suffix: ['2', 'v2'] }, ['users/2/v2']],
        [{ prefix: ['users', '*', 'v1'] }, ['users/1/v1', 'users/2/v1']],
        [{ prefix: ['*', 'b'] }, ['a/b/c', 'a/b/d/e']],
        [{ suffix: ['2', '*'] }, ['users/2/v1', 'users/2/v2']],
        [{ maxDepth: 1 }, ['a', 'users']],
        [{ maxDepth: 2 }, ['a', 'a/b', 'a/f', 'users/1', 'users/2']],
        [{ maxDepth: 2, suffix: ['v2'] }, ['users/2']],
        [{ prefix: ['a', 'b'], maxDepth: 1 }, ['a']],
        [{ prefix: ['nowhere'] }, []],
      ])('%j -> %j', async (options, expected) => {
        expect(spaces(await store.listNamespaces(options))).toEqual(expected);
      });

      test('pages are disjoint and complete', async () => {
        const pages = [];
        for (let offset = 0; offset < 9; offset += 3)
          pages.push(...(await store.listNamespaces({ limit: 3, offset })));
        expect(new Set(spaces(pages)).size).toBe(7);
        expect(pages).toHaveLength(7);
      });
    });

    describe('batch', () => {
      test('answers in the order of its operations', async () => {
        await store.put(['a'], 'k', { n: 1 });
        const results = await store.batch([
          { namespacePrefix: ['a'], limit: 5, offset: 0 },
          { namespace: ['a'], key: 'k' },
          { namespace: ['b'], key: 'new', value: { n: 2 } },
          { matchConditions: [{ matchType: 'prefix', path: ['a'] }], limit: 5, offset: 0 },
          { namespace: ['a'], key: 'none' },
        ]);
        expect(results).toMatchObject([[{ key: 'k' }], { key: 'k', value: { n: 1 } }, null, [['a']], null]);
        expect((await store.get(['b'], 'new'))?.value).toEqual({ n: 2 });
      });

      test('reads see what was there before the batch', async () => {
        const results = await store.batch([
          { namespace: ['a'], key: 'k', value: { n: 1 } },
          { namespace: ['a'], key: 'k' },
          { namespacePrefix: ['a'], limit: 5, offset: 0 },
        ]);
        expect(results).toEqual([null, null, []]);
      });

      test('several puts to one item -> the last one counts', async () => {
        await store.batch([
          { namespace: ['a'], key: 'k', value: { n: 1 } },
          { namespace: ['a'], key: 'gone', value: { n: 1 } },
          { namespace: ['a'], key: 'k', value: { n: 2 } },
          { namespace: ['a'], key: 'gone', value: null },
          { namespace: ['a'], key: 'back', value: null },
          { namespace: ['a'], key: 'back', value: { n: 3 } },
        ]);
        expect((await store.get(['a'], 'k'))?.value).toEqual({ n: 2 });
        expect(await store.get(['a'], 'gone')).toBeNull();
        expect((await store.get(['a'], 'back'))?.value).toEqual({ n: 3 });
      });

      test('nothing to do -> nothing', async () => {
        expect(await store.batch([])).toEqual([]);
      });
    });
  });
}
