import { beforeAll, describe, expect, test } from 'vitest';
import type { Documents } from '../../ports/documents.ts';
import { ids, root, seed } from './tools.ts';

/** What is read: documents by path, queries, sums and counts. */
export function readSuite(store: () => Documents): void {
  let db: Documents;
  beforeAll(() => {
    db = store();
  });

  describe('get', () => {
    test('answers in the order asked, undefined for what is missing, twice for what is asked twice', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1 }, b: { n: 2 } });
      const found = await db.get([`${at}/b`, `${at}/none`, `${at}/a`, `${at}/b`]);
      expect(found.map((document) => document?.fields['n'])).toEqual([2, undefined, 1, 2]);
    });

    test('no paths -> no documents', async () => {
      expect(await db.get([])).toEqual([]);
    });
  });

  describe('query', () => {
    test('a collection, by id, without its subcollections or others', async () => {
      const at = root();
      await seed(db, at, { b: {}, a: {}, 'a/sub/x': {} });
      await seed(db, `${at}x`, { c: {} });
      expect(ids(await db.query({ collection: at }))).toEqual(['a', 'b']);
    });

    test('a collection group finds it below every parent', async () => {
      const at = root();
      await seed(db, `${at}/u1/${at}`, { x: { n: 2 } });
      await seed(db, `${at}/u2/${at}`, { y: { n: 1 } });
      const found = await db.query({ collection: at, group: true });
      expect(ids(found)).toEqual(['x', 'y']);
    });

    test('filters: each operator', async () => {
      const at = root();
      await seed(db, at, {
        a: { n: 1, t: ['x'] },
        b: { n: 2, t: ['x', 'y'] },
        c: { n: 3 },
        d: { n: 'text' },
      });
      const where = async (op: '==' | '<' | '<=' | '>' | '>=', value: number) =>
        ids(await db.query({ collection: at, where: [{ field: 'n', op, value }] }));
      expect(await where('==', 2)).toEqual(['b']);
      expect(await where('<', 2)).toEqual(['a']);
      expect(await where('<=', 2)).toEqual(['a', 'b']);
      expect(await where('>', 2)).toEqual(['c']);
      expect(await where('>=', 2)).toEqual(['b', 'c']);
      const tagged = { collection: at, where: [{ field: 't', op: 'array-contains' as const, value: 'y' }] };
      expect(ids(await db.query(tagged))).toEqual(['b']);
    });

    test('dates and nested fields are compared', async () => {
      const at = root();
      await seed(db, at, { a: { m: { when: new Date(1000) } }, b: { m: { when: new Date(2000) } } });
      const where = [{ field: 'm.when', op: '>' as const, value: new Date(1500) }];
      expect(ids(await db.query({ collection: at, where }))).toEqual(['b']);
    });

    test('orders, both ways; a document without the field is left out; ties go by id', async () => {
      const at = root();
      await seed(db, at, { a: { n: 2 }, b: { n: 1 }, c: { n: 1 }, d: {} });
      const order = async (direction: 'asc' | 'desc') =>
        ids(await db.query({ collection: at, orderBy: [{ field: 'n', direction }] }));
      expect(await order('asc')).toEqual(['b', 'c', 'a']);
      expect(await order('desc')).toEqual(['a', 'c', 'b']);
    });

    test('strings sort by code point', async () => {
      const at = root();
      await seed(db, at, { a: { s: '\u{1F680}' }, b: { s: '\uFF5E' }, c: { s: 'Z' }, d: { s: 'a' } });
      const found = await db.query({ collection: at, orderBy: [{ field: 's', direction: 'asc' }] });
      expect(ids(found)).toEqual(['c', 'd', 'b', 'a']);
    });

    test('pages: limit, then startAfter the last one', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
      const page = { collection: at, orderBy: [{ field: 'n', direction: 'desc' as const }], limit: 2 };
      expect(ids(await db.query(page))).toEqual(['c', 'b']);
      expect(ids(await db.query({ ...page, startAfter: [2] }))).toEqual(['a']);
    });

    test('pages through ties by __name__', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } });
      const orderBy = [
        { field: 'n', direction: 'asc' as const },
        { field: '__name__', direction: 'asc' as const },
      ];
      expect(ids(await db.query({ collection: at, orderBy, startAfter: [1, 'a'] }))).toEqual(['b', 'c']);
    });

    test('a range of ids', async () => {
      const at = root();
      await seed(db, at, { a: {}, b: {}, c: {} });
      const where = [
        { field: '__name__', op: '>=' as const, value: 'b' },
        { field: '__name__', op: '<' as const, value: 'c' },
      ];
      expect(ids(await db.query({ collection: at, where }))).toEqual(['b']);
    });

    test('select returns the named fields only', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1, big: 'x' } });
      const [found] = await db.query({ collection: at, select: ['n'] });
      expect(found?.fields).toEqual({ n: 1 });
      const [bare] = await db.query({ collection: at, select: [] });
      expect(bare?.fields).toEqual({});
    });
  });

  describe('sum', () => {
    test('adds up a field of what a query would answer with, also of a collection group', async () => {
      const at = root();
      await seed(db, at, {
        a: { n: 1, day: 'x' },
        b: { n: 2.5, day: 'x' },
        c: { n: 4, day: 'y' },
        d: { day: 'x' },
      });
      const of = (day: string) => ({
        collection: at,
        where: [{ field: 'day', op: '==' as const, value: day }],
      });
      expect(await db.sum(of('x'), 'n')).toBe(3.5);
      expect(await db.sum({ ...of('y'), group: true }, 'n')).toBe(4);
      expect(await db.sum(of('z'), 'n')).toBe(0);
    });
  });

  describe('count', () => {
    test('counts what a query would answer with: filters, order, limit', async () => {
      const at = root();
      await seed(db, at, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 }, d: {} });
      const above = [{ field: 'n', op: '>' as const, value: 1 }];
      const orderBy = [{ field: 'n', direction: 'desc' as const }];
      expect(await db.count({ collection: at })).toBe(4);
      expect(await db.count({ collection: at, orderBy })).toBe(3);
      expect(await db.count({ collection: at, where: above, orderBy })).toBe(2);
      expect(await db.count({ collection: at, orderBy, limit: 2 })).toBe(2);
      expect(await db.count({ collection: root() })).toBe(0);
    });

    test('a whole collection group', async () => {
      const group = root();
      await seed(db, `${root()}/x/${group}`, { a: {} });
      await seed(db, `${root()}/y/${group}`, { b: {}, c: {} });
      expect(await db.count({ collection: group, group: true })).toBe(3);
    });
  });
}
