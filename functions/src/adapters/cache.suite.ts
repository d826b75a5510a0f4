import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Cache, CacheAddress, CacheEntry } from '../ports/cache.ts';

const NOW = Date.now();

/** B7: what every cache must do; each adapter's test runs it against the real thing. `open` gives one that others share. */
export function cacheStoreSuite(name: string, open: () => Cache): void {
  describe(`B7: cache in ${name}`, () => {
    const cache = open();
    const address = (part: Partial<CacheAddress> = {}): CacheAddress => ({
      uid: 'ada',
      graph: 'research',
      space: 'space',
      id: randomUUID(),
      ...part,
    });
    const entry = (part: Partial<CacheEntry> = {}): CacheEntry => ({
      type: 'json',
      deflated: false,
      data: new Uint8Array([0, 1, 254, 255]),
      expiresAt: NOW + 60_000,
      ...part,
    });
    const put = (...addresses: CacheAddress[]) =>
      cache.set(
        addresses.map((address) => ({ address, ...entry() })),
        NOW,
      );
    const has = async (...addresses: CacheAddress[]) =>
      (await cache.get(addresses, NOW)).map((found) => found !== undefined);
    const flushAll = async () => {
      let removed = 0;
      let from: string | null = null;
      do {
        const step = await cache.flush(from);
        removed += step.removed;
        from = step.next;
      } while (from !== null);
      return removed;
    };

    test('what was put comes back as it was, in the order asked; nothing for what is not there', async () => {
      const [a, b] = [address(), address()];
      const [first, second] = [
        entry(),
        entry({ type: 'bytes', deflated: true, data: randomBytes(300_000), expiresAt: NOW + 1_234 }),
      ];
      await cache.set(
        [
          { address: a, ...first },
          { address: b, ...second },
        ],
        NOW,
      );
      const found = await cache.get([b, address(), a], NOW);
      expect(found).toEqual([{ ...second, data: new Uint8Array(second.data) }, undefined, first]);
    });

    test('put again -> replaced', async () => {
      const at = address();
      await put(at);
      await cache.set([{ address: at, ...entry({ data: new Uint8Array([7]) }) }], NOW);
      expect((await cache.get([at], NOW))[0]?.data).toEqual(new Uint8Array([7]));
    });

    test('it ends when it should, and what has ended already is not put', async () => {
      const [at, dead] = [address(), address()];
      await cache.set([{ address: at, ...entry({ expiresAt: NOW + 10_000 }) }], NOW);
      await cache.set([{ address: dead, ...entry({ expiresAt: NOW }) }], NOW);
      expect(await cache.get([at], NOW + 9_999)).toHaveLength(1);
      expect(await cache.get([at, dead], NOW + 10_000)).toEqual([undefined, undefined]);
      expect(await cache.get([dead], NOW - 1)).toEqual([undefined]);
    });

    test('users, graphs, spaces and ids are apart, whatever they are called', async () => {
      const all = [
        address({ uid: 'a*', id: 'x' }),
        address({ uid: 'a', graph: 'b/c', id: 'x' }),
        address({ uid: 'a', graph: 'b', space: 'c/space', id: 'x' }),
        address({ uid: 'a', graph: 'b', space: 'c', id: 'space/x' }),
        address({ uid: 'a', graph: 'b', space: 'c', id: '[x]?\\' }),
      ];
      const [first, ...others] = all;
      if (first === undefined) throw new Error('There is a first.');
      await put(first);
      expect(await has(...others)).toEqual(others.map(() => false));
      await put(...others);
      await cache.clear({ uid: 'a*', graph: first.graph });
      expect(await has(...all)).toEqual([false, true, true, true, true]);
    });

    test('clear: one space, or the graph; never another’s', async () => {
      const uid = randomUUID();
      const all = [
        address({ uid, space: 'one' }),
        address({ uid, space: 'two' }),
        address({ uid, graph: 'other', space: 'three' }),
        address({ uid: `${uid}2`, space: 'one' }),
      ];
      await put(...all);
      await cache.clear({ uid, graph: 'research', space: 'one' });
      expect(await has(...all)).toEqual([false, true, true, true]);
      await cache.clear({ uid, graph: 'research' });
      expect(await has(...all)).toEqual([false, false, true, true]);
    });

    test('B6: a flush in steps removes what was there when it began, of all users', async () => {
      await flushAll();
      const all = Array.from({ length: 700 }, (_, i) => address({ uid: `user-${i % 7}` }));
      await put(...all);
      expect(await cache.size()).toBeGreaterThanOrEqual(700);
      const first = await cache.flush(null);
      expect(first.removed).toBeLessThanOrEqual(700);
      expect(first.looked).toBeGreaterThan(0);
      let [removed, from] = [first.removed, first.next];
      while (from !== null) {
        const step = await cache.flush(from);
        removed += step.removed;
        from = step.next;
      }
      expect(removed).toBe(700);
      expect((await cache.get(all, NOW)).filter((found) => found !== undefined)).toEqual([]);
      expect(await cache.flush(null)).toMatchObject({ removed: 0, next: null });
    });

    test('says what it is', async () => {
      expect(await cache.check()).toBe(name);
    });
  });
}
