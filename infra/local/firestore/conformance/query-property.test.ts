import * as fc from 'fast-check';
import { Filter } from '@google-cloud/firestore';
import type { CollectionReference, Query, QuerySnapshot, Timestamp } from '@google-cloud/firestore';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeOf, CODE, start } from './harness.ts';
import { evaluate } from './naive.ts';
import type { NaiveQuery, Plain, Row, Where } from './naive.ts';

const { db } = await start();
const FIELDS = ['a', 'b', 'c', 'tags'];
const SMALL = [0, 1, 2, -1, 1.5, 'x', 'y', ''];

const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Plain[]>(...SMALL) },
  fc.constantFrom<Plain[]>(null, true, false, Number.NaN, { k: 1 }, [], [1], ['x', 1]),
);
// The client turns every other comparison with null or NaN into "is not null".
const comparable = scalar.filter((value) => value !== null && !Number.isNaN(value));
const field = fc.constantFrom(...FIELDS);
const several = fc.uniqueArray(scalar, { minLength: 1, maxLength: 3, comparator: Object.is });
const where: fc.Arbitrary<Where> = fc.oneof(
  fc.record({ field, op: fc.constantFrom('==', '==', '==', '!='), value: scalar }),
  fc.record({ field, op: fc.constantFrom('<', '<=', '>', '>='), value: comparable }),
  fc.record({ field, op: fc.constantFrom('in', 'not-in', 'array-contains-any'), value: several }),
  fc.record({ field: fc.constant('tags'), op: fc.constant('array-contains'), value: comparable }),
);
const bound = fc.record({
  values: fc.array(scalar, { minLength: 1, maxLength: 2 }),
  inclusive: fc.boolean(),
});
const query: fc.Arbitrary<NaiveQuery> = fc.record({
  where: fc.array(where, { maxLength: 3 }),
  anyOf: fc.oneof(fc.constant([]), fc.array(where, { minLength: 2, maxLength: 3 })),
  orders: fc.uniqueArray(fc.record({ field, descending: fc.boolean() }), {
    maxLength: 2,
    selector: (order) => order.field,
  }),
  start: fc.option(bound, { nil: undefined }),
  end: fc.option(bound, { nil: undefined }),
  offset: fc.constantFrom(0, 0, 0, 2),
  limit: fc.constantFrom(undefined, undefined, 1, 3),
});
const data = fc.record(
  { a: scalar, b: scalar, c: scalar, tags: fc.oneof(fc.array(scalar, { maxLength: 3 }).map(flat), scalar) },
  { requiredKeys: [] },
);

/** Firestore has no lists in lists. */
function flat(values: Plain[]): Plain {
  return values.filter((value) => !Array.isArray(value));
}

function build(collection: CollectionReference, naive: NaiveQuery): Query {
  let real: Query = collection;
  for (const w of naive.where) real = real.where(w.field, w.op, w.value);
  if (naive.anyOf.length > 0) {
    real = real.where(Filter.or(...naive.anyOf.map((w) => Filter.where(w.field, w.op, w.value))));
  }
  for (const { field, descending } of naive.orders) real = real.orderBy(field, descending ? 'desc' : 'asc');
  const { start, end, offset, limit } = naive;
  if (start) real = start.inclusive ? real.startAt(...start.values) : real.startAfter(...start.values);
  if (end) real = end.inclusive ? real.endAt(...end.values) : real.endBefore(...end.values);
  if (offset > 0) real = real.offset(offset);
  return limit === undefined ? real : real.limit(limit);
}

/** Some combinations are no valid queries; those the client or the server must refuse, as bad arguments. */
async function run(
  collection: CollectionReference,
  naive: NaiveQuery,
  readTime?: Timestamp,
): Promise<string[] | undefined> {
  let real: Query;
  try {
    real = build(collection, naive);
  } catch {
    return undefined; // refused by the client
  }
  const pending: Promise<QuerySnapshot> = readTime
    ? db.runTransaction((t) => t.get(real), { readOnly: true, readTime })
    : real.get();
  const code = await codeOf(pending);
  if (code === undefined) return (await pending).docs.map(({ id }) => id);
  expect(code, String(await pending.catch((error: unknown) => error))).toBe(CODE.INVALID_ARGUMENT);
  return undefined;
}

const sampled = fc.sample(data, { numRuns: 60, seed: 7 });
const rows: Row[] = sampled.map((value, i) => ({ id: `d${String(i).padStart(2, '0')}`, data: value }));

async function fill(collection: CollectionReference): Promise<void> {
  const batch = db.batch();
  for (const { id, data } of rows) batch.set(collection.doc(id), data);
  await batch.commit();
}

async function check(collection: CollectionReference, runs: number, readTime?: Timestamp): Promise<void> {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(query, async (naive) => {
      const ids = await run(collection, naive, readTime);
      if (!ids) return;
      compared += 1;
      expect(ids).toEqual(evaluate(rows, naive));
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 4);
}

describe('any query finds what a naive evaluation finds', () => {
  const small = db.collection('small');
  const large = db.collection('parents/one/large');
  beforeAll(async () => {
    await Promise.all([fill(small), fill(large)]);
    const batch = db.batch();
    for (let i = 0; i < 490; i += 1) batch.set(db.doc(`parents/two/large/${String(i)}`), { a: i, tags: [1] });
    await batch.commit();
  });

  test('in a small group, where a missing index means sorting', () => check(small, 500));
  test('in a large group, where a missing index is built', () => check(large, 250));
  test('in the past, after everything changed', async () => {
    const past = db.collection('past');
    await fill(past);
    const { readTime } = await past.limit(1).get();
    const batch = db.batch();
    for (const [i, { id }] of rows.entries()) {
      if (i % 3 === 0) batch.delete(past.doc(id));
      else if (i % 3 === 1) batch.set(past.doc(id), rows[(i * 7) % rows.length]?.data ?? {});
      batch.set(past.doc(`new${id}`), rows[i]?.data ?? {});
    }
    await batch.commit();
    await check(past, 250, readTime);
  });
});
