/** Limits of production: https://firebase.google.com/docs/firestore/quotas#limits */
import { describe, expect, test } from 'vitest';
import { FieldPath, FieldValue } from '@google-cloud/firestore';
import { codeOf, CODE, start } from './harness.ts';

const MIB = 1024 * 1024;
const named = (count: number, value: unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${String(i)}`, value]));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('what fits, and what is one too many', async () => {
  const { db, collection } = await start();

  /** @returns the codes of both writes */
  const both = async (fits: object, tooMuch: object): Promise<unknown[]> => {
    const document = collection().doc('d');
    return [await codeOf(document.set(fits)), await codeOf(document.set(tooMuch))];
  };
  const verdict = [undefined, CODE.INVALID_ARGUMENT];

  test('a document of 1 MiB', async () => {
    const path = collection().doc('d');
    // Name (16 + collection + 1 + d + 1), 32 for the document, each field its name + 1, the text + 1.
    const overhead = 16 + path.parent.id.length + 1 + 2 + 32 + 2 * (2 + 1);
    const texts = (total: number): object => ({
      a: 'x'.repeat(MIB / 2),
      b: 'x'.repeat(total - overhead - MIB / 2),
    });
    expect([await codeOf(path.set(texts(MIB))), await codeOf(path.set(texts(MIB + 1)))]).toEqual(verdict);
    expect((await path.get()).get('b')).toHaveLength(MIB / 2 - overhead);
  });

  test('a value of 1 MiB less 89 bytes, text and bytes', async () => {
    expect(await both({ a: 'é'.repeat(524_243) }, { a: 'é'.repeat(524_244) })).toEqual(verdict);
    expect(await both({ a: Buffer.alloc(1_048_487) }, { a: Buffer.alloc(1_048_488) })).toEqual(verdict);
  });

  test('a field name of 1,500 bytes', async () => {
    expect(await both({ ['n'.repeat(1500)]: 1 }, { ['n'.repeat(1501)]: 1 })).toEqual(verdict);
  });

  test('a document id of 1,500 bytes', async () => {
    const set = (id: string): Promise<unknown> => codeOf(collection().doc(id).set({}));
    expect([await set('ü'.repeat(750)), await set(`${'ü'.repeat(750)}x`)]).toEqual(verdict);
  });

  test('40,000 index entries', async () => {
    // An array has an entry per element, and two as a whole.
    expect(await both({ a: numbers(39_998) }, { a: numbers(39_999) })).toEqual(verdict);
    expect(await both(named(20_000, 1), named(20_001, 1))).toEqual(verdict);
    const nested = { m: named(19_999, true) };
    expect(await both(nested, { ...nested, more: 1 })).toEqual(verdict);
  });

  test('500 transforms of a document, however many writes they come in', async () => {
    const document = collection().doc('d');
    expect(await codeOf(document.set(named(500, FieldValue.increment(1))))).toBeUndefined();
    const batch = db.batch();
    for (const half of [0, 1])
      batch.set(
        document,
        { [`m${String(half)}`]: named(251, FieldValue.serverTimestamp()) },
        { merge: true },
      );
    expect(await codeOf(batch.commit())).toBe(CODE.INVALID_ARGUMENT);
  });

  test('a commit of 10 MiB', async () => {
    const commit = (count: number): Promise<unknown> => {
      const batch = db.batch();
      const group = collection();
      for (let i = 0; i < count; i += 1) batch.set(group.doc(String(i)), { a: 'x'.repeat(MIB - 200) });
      return codeOf(batch.commit());
    };
    expect([await commit(10), await commit(11)]).toEqual(verdict);
  });

  test('a commit of many small writes has no other limit', async () => {
    const batch = db.batch();
    const group = collection();
    for (let i = 0; i < 1200; i += 1) batch.set(group.doc(String(i)), { i });
    await batch.commit();
    expect((await group.count().get()).data().count).toBe(1200);
  });

  test('fields changed in a large document count as what is sent', async () => {
    const group = collection();
    for (const id of numbers(11)) await group.doc(String(id)).set({ a: 'x'.repeat(MIB - 500) });
    const batch = db.batch();
    for (const id of numbers(11)) batch.update(group.doc(String(id)), new FieldPath('b', 'c.d'), id);
    await batch.commit();
    expect((await group.doc('7').get()).get(new FieldPath('b', 'c.d'))).toBe(7);
  });

  test('100 levels of subcollections', async () => {
    const path = (levels: number): string => Array.from({ length: levels }, () => 'c/d').join('/');
    const set = (levels: number): Promise<unknown> => codeOf(db.doc(path(levels)).set({}));
    expect([await set(100), await set(101)]).toEqual(verdict);
  });
});
