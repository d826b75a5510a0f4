import type {
  CollectionReference,
  QueryConstraint,
  QueryCompositeFilterConstraint,
  QuerySnapshot,
} from 'firebase/firestore';
import { describe, expect, test } from 'vitest';
import { bench, outcome } from './build.ts';
import type { Build } from './build.ts';
import { eventually } from '../../../testing/eventually.ts';

const idsOf = (snapshot: QuerySnapshot): string[] => snapshot.docs.map(({ id }) => id);

export function queries(build: Build): void {
  describe('queries', () => {
    const at = bench(build);
    const { query, where, orderBy, limit, or, and, documentId, getDocsFromServer, startAt, endBefore } =
      at.sdk;
    const find = async (group: CollectionReference, ...constraints: QueryConstraint[]): Promise<string> =>
      idsOf(await getDocsFromServer(query(group, ...constraints))).join('');
    const filter = async (
      group: CollectionReference,
      by: QueryCompositeFilterConstraint,
      ...rest: never[]
    ): Promise<string> => idsOf(await getDocsFromServer(query(group, by, ...rest))).join('');

    test('inequalities and lists across types', async () => {
      const zips = {
        a: { zip: 98101 },
        b: { zip: 91102 },
        c: { zip: '98101' },
        d: { zip: [98101] },
        e: { zip: ['98101', { zip: 98101 }] },
        f: { zip: { code: 500 } },
        g: { zip: Number.NaN },
        h: { code: 500 },
        i: { zip: null },
      };
      const group = await at.seed(zips);
      expect(await find(group, where('zip', 'in', [98101, [98101, 98102], ['98101', { zip: 98101 }]]))).toBe(
        'ae',
      );
      expect(await find(group, where('zip', 'in', [{ code: 500 }]))).toBe('f');
      expect(await find(group, where('zip', 'in', [null]))).toBe('');
      expect(await find(group, where('zip', 'in', [null, 98101]))).toBe('a');
      expect(await find(group, where('zip', 'in', [Number.NaN, 98101]))).toBe('a');
      expect(await find(group, where('zip', '==', Number.NaN))).toBe('g');
      expect(await find(group, where('zip', '==', null))).toBe('i');
      expect(await find(group, where('zip', '!=', 98101))).toBe('gbcdef');
      expect(await find(group, where('zip', '!=', Number.NaN))).toBe('bacdef');
      expect(await find(group, where('zip', '!=', null))).toBe('gbacdef');
      expect(await find(group, where('zip', 'not-in', [98101, Number.NaN]))).toBe('bcdef');
      expect(await find(group, where('zip', 'not-in', [null]))).toBe('');
      expect(await find(group, where('zip', '>', 91102))).toBe('a');
    });

    test('document ids', async () => {
      const group = await at.seed({ aa: { k: 1 }, ab: { k: 2 }, ba: { k: 3 }, bb: { k: 4 } });
      expect(await find(group, where(documentId(), '==', 'ab'))).toBe('ab');
      expect(await find(group, where(documentId(), '>', 'aa'), where(documentId(), '<=', 'ba'))).toBe('abba');
      expect(await find(group, where(documentId(), 'in', ['aa', at.sdk.doc(group, 'bb')]))).toBe('aabb');
      expect(await find(group, where(documentId(), 'not-in', ['aa', 'bb']))).toBe('abba');
      expect(await find(group, orderBy(documentId(), 'desc'), limit(1))).toBe('bb');
    });

    test('disjunctions, nested and with implicit orders', async () => {
      const group = await at.seed({
        1: { a: 1, b: 0 },
        2: { a: 2, b: 1 },
        3: { a: 3, b: 2 },
        4: { a: 1, b: 3 },
        5: { a: 1, b: 1 },
        6: { a: 2 },
      });
      expect(await filter(group, or(where('a', '==', 1), where('b', '==', 1)))).toBe('1245');
      expect(await filter(group, or(where('a', '>', 2), where('b', '==', 1)))).toBe('523');
      expect(
        await filter(
          group,
          or(and(where('a', '==', 1), where('b', '==', 0)), and(where('a', '==', 3), where('b', '==', 2))),
        ),
      ).toBe('13');
      expect(
        await filter(
          group,
          and(or(where('a', '==', 2), where('b', '==', 3)), or(where('a', '==', 3), where('b', '==', 3))),
        ),
      ).toBe('4');
      expect(await filter(group, or(where('a', '==', 2), where('b', 'not-in', [0, 1, 3])))).toBe('23');
      expect(await filter(group, or(where('a', '==', 2), where('b', '!=', 2)))).toBe('1254');
      expect(await find(group, where('a', 'in', [1, 3]), where('b', 'in', [0, 2]))).toBe('13');
      const many = Array.from({ length: 6 }, (_, i) => i);
      expect(
        await outcome(getDocsFromServer(query(group, where('a', 'in', many), where('b', 'in', many)))),
      ).toBe('invalid-argument');
    });

    test('inequalities on several fields are ordered by their names', async () => {
      const group = await at.seed({
        1: { key: 'a', sort: 0, v: 5 },
        2: { key: 'aa', sort: 4, v: 4 },
        3: { key: 'b', sort: 3, v: 3 },
        4: { key: 'b', sort: 2, v: 2 },
        5: { key: 'b', sort: 2, v: 1 },
        6: { key: 'b', sort: 0, v: 0 },
      });
      const both = [where('sort', '>', 1), where('key', '!=', 'a')];
      expect(await find(group, ...both, where('v', 'in', [1, 2, 3, 4]))).toBe('2453');
      expect(await find(group, ...both, orderBy('v', 'desc'))).toBe('2345');
      const cursor = await at.sdk.getDocFromServer(at.sdk.doc(group, '4'));
      expect(await find(group, ...both, startAt(cursor))).toBe('453');
      expect(await find(group, ...both, where(documentId(), '<', '5'), endBefore(cursor))).toBe('2');
    });

    test('a collection group, and a range of its paths', async () => {
      const name = `b-${at.own().id}`;
      const paths = [
        `a/a/${name}/1`,
        `a/b/a/b/${name}/2`,
        `a/b/${name}/3`,
        `a/b/c/d/${name}/4`,
        `a/c/${name}/5`,
        `${name}/6`,
        `x${name}/no`,
        `a/b/nope/${name}`,
      ];
      const batch = at.sdk.writeBatch(at.other);
      for (const path of paths) batch.set(at.sdk.doc(at.other, path), { x: 1 });
      await batch.commit();
      const group = at.sdk.collectionGroup(at.db, name);
      expect(
        idsOf(await getDocsFromServer(group))
          .toSorted()
          .join(''),
      ).toBe('123456');
      const range = query(group, orderBy(documentId()), startAt('a/b'), at.sdk.endAt('a/b0'));
      expect(idsOf(await getDocsFromServer(range)).join('')).toBe('234');
      const between = query(
        group,
        where(documentId(), '>', 'a/b'),
        where(documentId(), '<', `a/b/${name}/3`),
      );
      expect(idsOf(await getDocsFromServer(between)).join('')).toBe('2');
      expect((await at.sdk.getCountFromServer(group)).data().count).toBe(6);
    });

    test('server and client agree on the order of texts, as values, elements, keys and ids', async () => {
      const texts = {
        a: 'Łukasiewicz',
        b: 'Sierpiński',
        c: '岩澤',
        d: '🄟',
        e: 'Ｐ',
        f: '︒',
        g: '🐵',
        h: '你好',
        i: '你顥',
        j: '😁',
        k: '😀',
      };
      const shapes: ((text: string) => unknown)[] = [
        (text) => text,
        (text) => [text],
        (text) => ({ in: text }),
        (text) => ({ [text]: 0 }),
      ];
      for (const shape of shapes) {
        const group = await at.seed(
          Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, { value: shape(text) }])),
        );
        const ordered = query(group, orderBy('value'));
        const server = idsOf(await getDocsFromServer(ordered)).join('');
        let client = '';
        const stop = at.sdk.onSnapshot(ordered, (snapshot) => (client = idsOf(snapshot).join('')));
        await eventually(() => expect([server, client]).toEqual(['bahicfedgkj', 'bahicfedgkj']));
        stop();
      }
      const ids = [
        '__id-9223372036854775808__',
        '__id-2__',
        '__id7__',
        '__id12__',
        '12',
        '7',
        'A',
        'Aa',
        '__id',
        '__id1_',
        '_id1__',
        'a',
        '﹒',
        '🐵',
      ];
      const group = await at.seed(Object.fromEntries(ids.toReversed().map((id) => [id, {}])));
      expect(idsOf(await getDocsFromServer(query(group, orderBy(documentId()))))).toEqual(ids);
      expect(
        idsOf(
          await getDocsFromServer(
            query(group, where(documentId(), '>', '__id7__'), where(documentId(), '<=', 'A')),
          ),
        ),
      ).toEqual(['__id12__', '12', '7', 'A']);
    });

    test('vectors sort by length, then by element', async () => {
      const { vector } = at.sdk;
      const group = await at.seed({
        a: { v: vector([1, 2]) },
        b: { v: vector([100]) },
        c: { v: [9] },
        d: { v: { x: 1 } },
        e: { v: vector([-Infinity]) },
      });
      expect(await find(group, orderBy('v'))).toBe('cebad');
      expect(await find(group, where('v', '==', vector([1, 2])))).toBe('a');
      expect(await find(group, where('v', '<', vector([1, 2])))).toBe('eb');
    });

    test('aggregations under any alias', async () => {
      const { getAggregateFromServer, count, sum, average } = at.sdk;
      const group = await at.seed({ a: { n: 1, m: { x: 2 } }, b: { n: 2.5, m: { x: 3 } }, c: { other: 1 } });
      const long = 'x'.repeat(1600);
      const spec = {
        [long]: count(),
        'with.dots': sum('n'),
        '`b`': average('m.x'),
        'back\\s/+[]': sum('m.x'),
      };
      expect((await getAggregateFromServer(group, spec)).data()).toEqual({
        [long]: 2,
        'with.dots': 3.5,
        '`b`': 2.5,
        'back\\s/+[]': 5,
      });
      const none = await getAggregateFromServer(query(group, where('n', '>', 9)), {
        s: sum('n'),
        a: average('n'),
      });
      expect(none.data()).toEqual({ s: 0, a: null });
    });
  });
}
