import type { BaseCache, CacheFullKey } from '@langchain/langgraph-checkpoint';
import { HumanMessage } from '@langchain/core/messages';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** What LangGraph's own InMemoryCache does and ours must do too; `open` gives an empty cache that reads Date.now. */
export function cacheSuite(name: string, open: () => BaseCache): void {
  describe(`cache: ${name}`, () => {
    let cache: BaseCache;
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'] });
      cache = open();
    });
    afterEach(() => vi.useRealTimers());

    const at = (key: string, ...namespace: string[]): CacheFullKey => [namespace, key];
    const put = (key: CacheFullKey, value: unknown, ttl?: number) =>
      cache.set([{ key, value, ...(ttl === undefined ? {} : { ttl }) }]);
    const value = async (key: CacheFullKey) => (await cache.get([key]))[0]?.value;

    test('what was set is got, by namespace and key; nothing for what was not', async () => {
      await put(at('k', 'a'), { n: 1 });
      await put(at('k', 'a', 'b'), { n: 2 });
      expect(await cache.get([at('k', 'a', 'b'), at('x', 'a'), at('k', 'a')])).toEqual([
        { key: at('k', 'a', 'b'), value: { n: 2 } },
        { key: at('k', 'a'), value: { n: 1 } },
      ]);
      expect(await cache.get([])).toEqual([]);
    });

    test('set again -> replaced', async () => {
      await put(at('k', 'a'), 1);
      await put(at('k', 'a'), 2);
      expect(await value(at('k', 'a'))).toBe(2);
    });

    test('values come back as they were: maps, bytes, messages, nothing', async () => {
      const writes = [
        ['out', new Map([['k', new Set([1])]])],
        ['nested', [[1], [[2]]]],
        ['none', null],
      ];
      await put(at('k', 'a'), writes);
      expect(await value(at('k', 'a'))).toEqual(writes);
      await put(at('bytes', 'a'), new Uint8Array([0, 255]));
      expect(await value(at('bytes', 'a'))).toEqual(new Uint8Array([0, 255]));
      await put(at('m', 'a'), new HumanMessage('hello'));
      expect(await value(at('m', 'a'))).toBeInstanceOf(HumanMessage);
    });

    test('ttl is in seconds; then it is gone', async () => {
      await put(at('k', 'a'), 1, 10);
      await put(at('ever', 'a'), 1);
      await put(at('never', 'a'), 1, 0);
      expect(await value(at('never', 'a'))).toBeUndefined();
      vi.setSystemTime(Date.now() + 9_999);
      expect(await value(at('k', 'a'))).toBe(1);
      vi.setSystemTime(Date.now() + 1);
      expect(await value(at('k', 'a'))).toBeUndefined();
      vi.setSystemTime(Date.now() + 3_600_000);
      expect(await value(at('ever', 'a'))).toBe(1);
    });

    test('clear of a namespace takes that one only; of none, all', async () => {
      await put(at('k', 'a'), 1);
      await put(at('k', 'a', 'b'), 2);
      await put(at('k', 'c'), 3);
      await cache.clear([['a'], ['nowhere']]);
      expect(await cache.get([at('k', 'a'), at('k', 'a', 'b'), at('k', 'c')])).toHaveLength(2);
      await cache.clear([]);
      expect(await cache.get([at('k', 'a'), at('k', 'a', 'b'), at('k', 'c')])).toEqual([]);
    });

    test('many at once', async () => {
      const keys = Array.from({ length: 250 }, (_, i) => at(`k/${i}`, 'many', `${i % 3}`));
      await cache.set(keys.map((key, i) => ({ key, value: { i } })));
      expect(await cache.get(keys)).toEqual(keys.map((key, i) => ({ key, value: { i } })));
    });
  });
}
