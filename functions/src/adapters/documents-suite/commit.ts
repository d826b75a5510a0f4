import { beforeAll, describe, expect, test } from 'vitest';
import type { Documents, Fields, StoredDocument } from '../../ports/documents.ts';
import { InvalidCall } from '../validate.ts';
import { ids, reason, root } from './tools.ts';

/** What is written: each kind of write, its conditions, and that a commit is one thing. */
export function commitSuite(store: () => Documents): void {
  let db: Documents;
  beforeAll(() => {
    db = store();
  });
  const read = async (path: string): Promise<StoredDocument> => {
    const [found] = await db.get([path]);
    if (found === undefined) throw new Error(`${path} is missing`);
    return found;
  };

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
}
