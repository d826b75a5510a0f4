import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CommitConflict, type Documents, type Fields, type StoredDocument } from '../ports/documents.ts';
import { InvalidCall } from './validate.ts';

export interface OpenDocuments {
  documents: Documents;
  close(): Promise<void>;
}

/** What every document store must do; each adapter's test runs it against the real thing. */
export function documentsSuite(name: string, open: () => Promise<OpenDocuments>): void {
  describe(`documents: ${name}`, () => {
    let opened: OpenDocuments;
    let db: Documents;
    beforeAll(async () => {
      opened = await open();
      db = opened.documents;
    });
    afterAll(() => opened.close());

    const root = () => `suite-${randomUUID()}`;
    const reason = async (commit: Promise<void>) =>
      commit.then(
        () => 'none',
        (error: unknown) => (error instanceof CommitConflict ? error.reason : error),
      );
    const read = async (path: string): Promise<StoredDocument> => {
      const [found] = await db.get([path]);
      if (found === undefined) throw new Error(`${path} is missing`);
      return found;
    };
    const seed = async (collection: string, all: Record<string, Fields>) =>
      db.commit(
        Object.entries(all).map(([id, fields]) => ({ op: 'set', path: `${collection}/${id}`, fields })),
      );
    const ids = (found: StoredDocument[]) => found.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));

    describe('commit', () => {
      test('values come back as they went in', async () => {
        const path = `${root()}/a`;
        const fields = {
          nothing: null,
          yes: true,
          whole: 42,
          half: -0.5,
          big: 2 ** 53 - 1,
          text: 'Grüße 🚀\u0000',
          when: new Date('2026-11-21T01:02:03.456Z'),
          bytes: new Uint8Array([0, 255, 128]),
          list: [1, 'two', { three: [3] }, new Date(0)],
          map: { 'a.b': 1, inner: { deep: new Uint8Array(2) } },
          'dotted.name': 'literal',
        };
        await db.commit([{ op: 'create', path, fields }]);
        expect((await read(path)).fields).toEqual(fields);
      });

      test('create on a document that exists -> exists, and the old one stays', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: 1 } }]);
        expect(await reason(db.commit([{ op: 'create', path, fields: { n: 2 } }]))).toBe('exists');
        expect((await read(path)).fields).toEqual({ n: 1 });
      });

      test('set replaces the whole document', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'set', path, fields: { a: 1, b: 2 } }]);
        await db.commit([{ op: 'set', path, fields: { c: 3 } }]);
        expect((await read(path)).fields).toEqual({ c: 3 });
      });

      test('merge creates, and replaces top-level fields whole', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'merge', path, fields: { map: { x: 1 }, keep: 1, 'a.b': 1 } }]);
        await db.commit([{ op: 'merge', path, fields: { map: { y: 2 }, 'a.b': 2 } }]);
        expect((await read(path)).fields).toEqual({ map: { y: 2 }, keep: 1, 'a.b': 2 });
      });

      test('merge of no fields creates an empty document', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'merge', path, fields: {} }]);
        expect((await read(path)).fields).toEqual({});
      });

      test('update replaces top-level fields whole and keeps the others', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { map: { x: 1 }, keep: 1 } }]);
        await db.commit([{ op: 'update', path, fields: { map: { y: 2 }, 'a.b': 2 } }]);
        expect((await read(path)).fields).toEqual({ map: { y: 2 }, keep: 1, 'a.b': 2 });
      });

      test('an update that changes nothing demands the document, and leaves its version', async () => {
        const path = `${root()}/a`;
        const demand = { op: 'update' as const, path, fields: { n: 1 } };
        const below = { op: 'merge' as const, path: `${path}/b/c`, fields: { n: 1 } };
        expect(await reason(db.commit([demand, below]))).toBe('missing');
        await db.commit([{ op: 'create', path, fields: { n: 1, other: 2 } }]);
        const { version } = await read(path);
        await db.commit([demand, below]);
        expect((await read(path)).version).toBe(version);
        expect((await read(below.path)).fields).toEqual({ n: 1 });
      });

      test('increment creates and adds; fields beside it are merged; two at once lose nothing', async () => {
        const path = `${root()}/a`;
        const more = (n: number, day: string): Promise<void> =>
          db.commit([{ op: 'increment', path, fields: { day }, by: { n, half: n / 2 } }]);
        await more(1, 'monday');
        expect((await read(path)).fields).toEqual({ day: 'monday', n: 1, half: 0.5 });
        await db.commit([{ op: 'merge', path, fields: { keep: true } }]);
        await Promise.all([more(2, 'tuesday'), more(3, 'tuesday'), more(-1, 'tuesday')]);
        expect((await read(path)).fields).toEqual({ day: 'tuesday', keep: true, n: 5, half: 2.5 });
      });

      test('an increment changes the version under which others update', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: 1 } }]);
        const { version } = await read(path);
        await db.commit([{ op: 'increment', path, fields: {}, by: { n: 1 } }]);
        expect(await reason(db.commit([{ op: 'update', path, fields: { n: 9 }, version }]))).toBe('changed');
      });

      test('update of a missing document -> missing', async () => {
        expect(await reason(db.commit([{ op: 'update', path: `${root()}/a`, fields: { n: 1 } }]))).toBe(
          'missing',
        );
      });

      test('update under a version: passes once, then -> changed', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: 0 } }]);
        const { version } = await read(path);
        await db.commit([{ op: 'update', path, fields: { n: 1 }, version }]);
        expect(await reason(db.commit([{ op: 'update', path, fields: { n: 2 }, version }]))).toBe('changed');
        const after = await read(path);
        expect(after.fields).toEqual({ n: 1 });
        expect(after.version).not.toBe(version);
      });

      test('update under a version of a deleted document -> refused', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: 0 } }]);
        const { version } = await read(path);
        await db.commit([{ op: 'delete', path }]);
        expect(['missing', 'changed']).toContain(
          await reason(db.commit([{ op: 'update', path, fields: { n: 1 }, version }])),
        );
      });

      test('delete under a version: refused once the document changed or is gone', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: 0 } }]);
        const { version: stale } = await read(path);
        await db.commit([{ op: 'update', path, fields: { n: 1 } }]);
        expect(await reason(db.commit([{ op: 'delete', path, version: stale }]))).toBe('changed');
        const { version } = await read(path);
        await db.commit([{ op: 'delete', path, version }]);
        expect(await db.get([path])).toEqual([undefined]);
        expect(['missing', 'changed']).toContain(await reason(db.commit([{ op: 'delete', path, version }])));
      });

      test('delete removes; deleting what is not there is no error', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: {} }]);
        await db.commit([{ op: 'delete', path }]);
        await db.commit([{ op: 'delete', path }]);
        expect(await db.get([path])).toEqual([undefined]);
      });

      test('one refused write -> nothing of the commit is written', async () => {
        const at = root();
        await db.commit([{ op: 'create', path: `${at}/old`, fields: { n: 1 } }]);
        const refused = db.commit([
          { op: 'create', path: `${at}/new`, fields: {} },
          { op: 'update', path: `${at}/old`, fields: { n: 2 } },
          { op: 'create', path: `${at}/old`, fields: {} },
        ]);
        expect(await reason(refused)).toBe('exists');
        expect(ids(await db.query({ collection: at }))).toEqual(['old']);
        expect((await read(`${at}/old`)).fields).toEqual({ n: 1 });
      });

      test('of many who create one document at once, one wins', async () => {
        const path = `${root()}/a`;
        const tries = Array.from({ length: 8 }, (_, n) =>
          reason(db.commit([{ op: 'create', path, fields: { n } }])),
        );
        const results = await Promise.all(tries);
        expect(results.filter((result) => result === 'none')).toHaveLength(1);
        expect(results.filter((result) => result === 'exists')).toHaveLength(7);
        expect((await read(path)).fields).toEqual({ n: results.indexOf('none') });
      });

      test('of many who update under one version at once, one wins', async () => {
        const path = `${root()}/a`;
        await db.commit([{ op: 'create', path, fields: { n: -1 } }]);
        const { version } = await read(path);
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            reason(db.commit([{ op: 'update', path, fields: { n }, version }])),
          ),
        );
        expect(results.filter((result) => result === 'none')).toHaveLength(1);
        expect(results.filter((result) => result === 'changed')).toHaveLength(7);
      });

      test('what is written later to the object does not reach the store', async () => {
        const path = `${root()}/a`;
        const fields = { list: [1] };
        const commit = db.commit([{ op: 'create', path, fields }]);
        fields.list.push(2);
        await commit;
        (await read(path)).fields['list'] = 'scribble';
        expect((await read(path)).fields).toEqual({ list: [1] });
      });

      test.each<[string, string, Fields]>([
        ['a list in a list', 'c/d', { a: [[1]] }],
        ['a reserved field', 'c/d', { __a__: 1 }],
        ['a collection path', 'c', {}],
        ['an empty id', 'c//d/e', {}],
        ['a reserved id', 'c/__d__', {}],
        ['an invalid date', 'c/d', { when: new Date(Number.NaN) }],
      ])('%s is refused before anything is sent', async (_, path, fields) => {
        await expect(db.commit([{ op: 'set', path, fields }])).rejects.toThrow(InvalidCall);
      });

      test('an update of no fields is refused', async () => {
        await expect(db.commit([{ op: 'update', path: 'c/d', fields: {} }])).rejects.toThrow(InvalidCall);
      });

      test('a document over 1 MiB is refused, one just under is kept', async () => {
        const at = root();
        const bytes = (size: number) => ({
          op: 'set' as const,
          path: `${at}/a`,
          fields: { b: new Uint8Array(size) },
        });
        await expect(db.commit([bytes(1_048_577)])).rejects.toThrow();
        await db.commit([bytes(1_000_000)]);
        expect((await read(`${at}/a`)).fields['b']).toHaveLength(1_000_000);
      });
    });

    describe('get', () => {
      test('answers in the order asked, undefined for what is missing, twice for what is asked twice', async () => {
        const at = root();
        await seed(at, { a: { n: 1 }, b: { n: 2 } });
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
        await seed(at, { b: {}, a: {}, 'a/sub/x': {} });
        await seed(`${at}x`, { c: {} });
        expect(ids(await db.query({ collection: at }))).toEqual(['a', 'b']);
      });

      test('a collection group finds it below every parent', async () => {
        const at = root();
        await seed(`${at}/u1/${at}`, { x: { n: 2 } });
        await seed(`${at}/u2/${at}`, { y: { n: 1 } });
        const found = await db.query({ collection: at, group: true });
        expect(ids(found)).toEqual(['x', 'y']);
      });

      test('filters: each operator', async () => {
        const at = root();
        await seed(at, { a: { n: 1, t: ['x'] }, b: { n: 2, t: ['x', 'y'] }, c: { n: 3 }, d: { n: 'text' } });
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
        await seed(at, { a: { m: { when: new Date(1000) } }, b: { m: { when: new Date(2000) } } });
        const where = [{ field: 'm.when', op: '>' as const, value: new Date(1500) }];
        expect(ids(await db.query({ collection: at, where }))).toEqual(['b']);
      });

      test('orders, both ways; a document without the field is left out; ties go by id', async () => {
        const at = root();
        await seed(at, { a: { n: 2 }, b: { n: 1 }, c: { n: 1 }, d: {} });
        const order = async (direction: 'asc' | 'desc') =>
          ids(await db.query({ collection: at, orderBy: [{ field: 'n', direction }] }));
        expect(await order('asc')).toEqual(['b', 'c', 'a']);
        expect(await order('desc')).toEqual(['a', 'c', 'b']);
      });

      test('strings sort by code point', async () => {
        const at = root();
        await seed(at, { a: { s: '\u{1F680}' }, b: { s: '\uFF5E' }, c: { s: 'Z' }, d: { s: 'a' } });
        const found = await db.query({ collection: at, orderBy: [{ field: 's', direction: 'asc' }] });
        expect(ids(found)).toEqual(['c', 'd', 'b', 'a']);
      });

      test('pages: limit, then startAfter the last one', async () => {
        const at = root();
        await seed(at, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
        const page = { collection: at, orderBy: [{ field: 'n', direction: 'desc' as const }], limit: 2 };
        expect(ids(await db.query(page))).toEqual(['c', 'b']);
        expect(ids(await db.query({ ...page, startAfter: [2] }))).toEqual(['a']);
      });

      test('pages through ties by __name__', async () => {
        const at = root();
        await seed(at, { a: { n: 1 }, b: { n: 1 }, c: { n: 1 } });
        const orderBy = [
          { field: 'n', direction: 'asc' as const },
          { field: '__name__', direction: 'asc' as const },
        ];
        expect(ids(await db.query({ collection: at, orderBy, startAfter: [1, 'a'] }))).toEqual(['b', 'c']);
      });

      test('a range of ids', async () => {
        const at = root();
        await seed(at, { a: {}, b: {}, c: {} });
        const where = [
          { field: '__name__', op: '>=' as const, value: 'b' },
          { field: '__name__', op: '<' as const, value: 'c' },
        ];
        expect(ids(await db.query({ collection: at, where }))).toEqual(['b']);
      });

      test('select returns the named fields only', async () => {
        const at = root();
        await seed(at, { a: { n: 1, big: 'x' } });
        const [found] = await db.query({ collection: at, select: ['n'] });
        expect(found?.fields).toEqual({ n: 1 });
        const [bare] = await db.query({ collection: at, select: [] });
        expect(bare?.fields).toEqual({});
      });
    });

    describe('sum', () => {
      test('adds up a field of what a query would answer with, also of a collection group', async () => {
        const at = root();
        await seed(at, {
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
        await seed(at, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 }, d: {} });
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
        await seed(`${root()}/x/${group}`, { a: {} });
        await seed(`${root()}/y/${group}`, { b: {}, c: {} });
        expect(await db.count({ collection: group, group: true })).toBe(3);
      });
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
        await seed(at, { a: { n: 1 }, z: { n: -1 } });
        const seen: string[][] = [];
        const query = {
          collection: at,
          where: [{ field: 'n', op: '>' as const, value: 0 }],
          orderBy: [{ field: 'n', direction: 'asc' as const }],
        };
        const stop = db.watchQuery(query, (changed) => seen.push(ids(changed)), fail);
        await expect.poll(() => seen).toEqual([['a']]);
        await seed(at, { b: { n: 2 }, y: { n: -2 } });
        await expect.poll(() => seen).toEqual([['a'], ['b']]);
        await seed(at, { b: { n: -2 } });
        await seed(at, { a: { n: 5 } });
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
  });
}
