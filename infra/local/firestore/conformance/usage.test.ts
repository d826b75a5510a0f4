import { AggregateField } from '@google-cloud/firestore';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Usage } from '../engine/types.ts';
import { start } from './harness.ts';
import { eventually } from '../../testing/eventually.ts';

const { db, server, collection } = await start();
const reset = (): Promise<Response> => fetch(`${server.url}/_/usage`, { method: 'DELETE' });
async function usage(): Promise<Usage> {
  const report: Usage = JSON.parse(await (await fetch(`${server.url}/_/usage`)).text());
  return report;
}
const reads = (n: number): object => ({ reads: n, writes: 0, deletes: 0 });
const c = collection();

beforeEach(async () => {
  await Promise.all(Array.from({ length: 10 }, (_, i) => c.doc(`d${String(i)}`).set({ i })));
  await reset();
});

describe('billed operations', () => {
  test.each<[string, () => Promise<unknown>, object]>([
    ['a get', () => c.doc('d1').get(), reads(1)],
    ['a get of a missing document', () => c.doc('no').get(), reads(1)],
    ['a query', () => c.where('i', '<', 4).get(), reads(4)],
    ['a query without results', () => c.where('i', '>', 100).get(), reads(1)],
    ['documents that an offset skips', () => c.orderBy('i').offset(3).limit(2).get(), reads(5)],
    ['a count of up to 1000', () => c.count().get(), reads(1)],
    [
      'a sum without documents',
      () =>
        c
          .where('i', '>', 99)
          .aggregate({ s: AggregateField.sum('i') })
          .get(),
      reads(1),
    ],
    ['a set', () => c.doc('d1').set({ i: 5 }), { reads: 0, writes: 1, deletes: 0 }],
    ['a delete', () => c.doc('d1').delete(), { reads: 0, writes: 0, deletes: 1 }],
    [
      'a refused create',
      () =>
        c
          .doc('d1')
          .create({})
          .catch(() => undefined),
      reads(0),
    ],
    [
      'a transaction',
      () =>
        db.runTransaction(async (t) =>
          t.update(c.doc('d1'), { i: Number((await t.get(c.doc('d1'))).get('i')) }),
        ),
      { reads: 1, writes: 1, deletes: 0 },
    ],
  ])('%s', async (_, work, expected) => {
    await work();
    expect((await usage()).totals).toEqual(expected);
  });

  test('a listener: a read for each document delivered', async () => {
    const sizes: number[] = [];
    onTestFinished(c.where('i', '>=', 5).onSnapshot((snapshot) => sizes.push(snapshot.size)));
    await eventually(() => expect(sizes).toEqual([5]));
    await c.doc('d9').set({ i: 99 });
    await c.doc('d8').set({ i: 0 });
    await eventually(() => expect(sizes).toEqual([5, 5, 4]));
    expect((await usage()).totals).toEqual({ reads: 6, writes: 2, deletes: 0 });
  });

  test('collections are named without ids', async () => {
    await Promise.all([db.doc('users/a/runs/1').set({}), db.doc('users/b/runs/1').set({})]);
    await db.collectionGroup('runs').get();
    expect((await usage()).collections).toEqual({
      'users/{}/runs': { reads: 0, writes: 2, deletes: 0 },
      '**/runs': { reads: 2, writes: 0, deletes: 0 },
    });
  });

  test('health tells the boot and the project, to any origin', async () => {
    const response = await fetch(`${server.url}/_/health`);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const health: unknown = await response.json();
    expect(health).toEqual({
      status: 'ok',
      boot_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project: 'demo-local',
    });
  });
});
