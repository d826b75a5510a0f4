import { FieldValue, GeoPoint, Timestamp } from '@google-cloud/firestore';
import { describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';

const { db, collection, connect } = await start();

describe('values', () => {
  test('every type comes back as it was written', async () => {
    const doc = collection().doc();
    const data = {
      nothing: null,
      yes: true,
      int: 42,
      negativeZero: -0,
      double: 0.1,
      infinite: -Infinity,
      notANumber: Number.NaN,
      text: 'snow ☃ 𝄞 \0 end',
      bytes: Buffer.from([0, 255, 1]),
      time: new Timestamp(-1, 123_456_000),
      place: new GeoPoint(-90, 180),
      reference: db.doc('a/b'),
      list: [1, 'two', { three: [3] }, null],
      map: { 'a.b': 1, '`': 2, empty: {}, nested: { list: [] } },
      vector: FieldValue.vector([1, 2.5, -3]),
    };
    await doc.set(data);
    const read = await doc.get();
    expect(Object.is(read.get('negativeZero'), -0)).toBe(true);
    expect(read.data()).toEqual(data);
  });

  test('timestamps are stored to the microsecond, finer ones rounded down; so a query finds them', async () => {
    const c = collection();
    const fine = new Timestamp(1_700_000_000, 123_456_789);
    const early = new Timestamp(-1, 999_999_999);
    await c.doc('d').set({ at: fine, deep: { list: [early] } });
    await c.doc('d').update({ union: FieldValue.arrayUnion(fine) });
    const stored = await c.doc('d').get();
    const rounded = new Timestamp(1_700_000_000, 123_456_000);
    expect(stored.data()).toEqual({
      at: rounded,
      deep: { list: [new Timestamp(-1, 999_999_000)] },
      union: [rounded],
    });
    expect((await c.where('at', '==', rounded).get()).size).toBe(1);
    await c.doc('d').update({ union: FieldValue.arrayRemove(fine) });
    expect((await c.doc('d').get()).get('union')).toEqual([]);
  });

  test('half characters are refused where the client sends them, in texts and names; U+FFFD is a character', async () => {
    const doc = collection().doc();
    const bytes = Buffer.from('\ufffd');
    await doc.set({ text: 'a\ufffd', 'name\ufffd': [{ bytes }], whole: '🙂' });
    expect((await doc.get()).get('text')).toBe('a\ufffd');
    for (const half of ['a\ud83d', '\ude42']) {
      expect(await codeOf(doc.set({ text: half }))).toBe(CODE.INVALID_ARGUMENT);
      expect(await codeOf(doc.set({ deep: [{ [half]: 1 }], bytes, whole: '\ufffd' }))).toBe(
        CODE.INVALID_ARGUMENT,
      );
      expect(await codeOf(collection().where('a', '==', half).get())).toBe(CODE.INVALID_ARGUMENT);
    }
    expect((await doc.get()).get('text')).toBe('a\ufffd');
  });

  test('64-bit integers are exact', async () => {
    const big = connect({ useBigInt: true });
    const doc = big.doc('ints/a');
    const data = { max: 9_223_372_036_854_775_807n, min: -9_223_372_036_854_775_808n, odd: 2n ** 53n + 1n };
    await doc.set(data);
    expect((await doc.get()).data()).toEqual(data);
  });

  test('values sort across types as production sorts them; equal numbers are equal whatever their type', async () => {
    const big = connect({ useBigInt: true });
    const c = big.collection('sorted');
    const sorted: unknown[] = [
      null,
      false,
      true,
      Number.NaN,
      -Infinity,
      -1.5,
      -1n,
      0n,
      0.5,
      2n ** 53n,
      2n ** 53n + 1n,
      2 ** 60,
      Infinity,
      new Timestamp(1, 0),
      new Timestamp(1, 1000),
      '',
      'a',
      'a\0',
      'a\0b',
      'ab',
      'é',
      '\uffff',
      '𝄞',
      Buffer.from([]),
      Buffer.from([0]),
      Buffer.from([0, 1]),
      Buffer.from([1]),
      big.doc('a/a'),
      big.doc('a/a/b/c'),
      big.doc('a/b'),
      new GeoPoint(-1, 5),
      new GeoPoint(0, 0),
      [],
      [1n],
      [1n, 'x'],
      [2n],
      FieldValue.vector([9]),
      FieldValue.vector([1, 2]),
      {},
      { a: 1n },
      { a: 1n, b: 0n },
      { a: 2n },
      { b: 0n },
    ];
    const batch = big.batch();
    sorted.forEach((value, i) => batch.set(c.doc(`${String((i * 31) % 97)}-${String(i)}`), { i, value }));
    await batch.commit();
    const ascending = await c.orderBy('value').get();
    expect(ascending.docs.map((d) => Number(d.get('i')))).toEqual(sorted.map((_, i) => i));
    const descending = await c.orderBy('value', 'desc').get();
    expect(descending.docs.map((d) => Number(d.get('i')))).toEqual(sorted.map((_, i) => i).toReversed());
    expect((await c.where('value', '==', 0).get()).docs.map((d) => Number(d.get('i')))).toEqual([7]);
  });

  test('ids sort by bytes, numeric ids first', async () => {
    const c = collection();
    const ids = ['__id-5__', '__id7__', '__id10__', '1', '10', '9', 'Z', 'a', 'a b', 'ä', '☃', '𝄞'];
    await Promise.all(ids.toReversed().map((id) => c.doc(id).set({})));
    expect((await c.get()).docs.map((d) => d.id)).toEqual(ids);
    expect((await c.orderBy('__name__', 'desc').limit(2).get()).docs.map((d) => d.id)).toEqual(['𝄞', '☃']);
  });
});

describe('what is refused', () => {
  test.each([
    ['a reserved id', 'c/__x__', {}],
    ['a reserved field name', 'c/d', { __x__: 1 }],
    ['a document of more than 1 MiB', 'c/d', { text: 'x'.repeat(1_048_576) }],
    ['an id of more than 1500 bytes', `c/${'x'.repeat(1501)}`, {}],
  ])('%s', async (_, path, data) => {
    expect(await codeOf(db.doc(path).set(data))).toBe(CODE.INVALID_ARGUMENT);
  });

  test('20 levels and almost 1 MiB are fine', async () => {
    const doc = collection().doc();
    await doc.set(nested(20));
    await doc.set({ text: 'x'.repeat(1_048_000) });
    expect((await doc.get()).get('text')).toHaveLength(1_048_000);
  });
});

function nested(levels: number): Record<string, unknown> {
  let data: Record<string, unknown> = { end: true };
  for (let i = 0; i < levels; i += 1) data = { in: data };
  return data;
}
