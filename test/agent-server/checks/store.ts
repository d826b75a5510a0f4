import { expect } from 'vitest';
import { raw, type Check } from './check.ts';

const area = 'store';
const place = () => ['checks', crypto.randomUUID()];

export const STORE: Check[] = [
  {
    area,
    name: 'put, get, delete; what is absent is null',
    holds: async ({ client }) => {
      const namespace = place();
      await client.store.putItem(namespace, 'k', { a: 1 });
      expect(await client.store.getItem(namespace, 'k')).toMatchObject({
        key: 'k',
        value: { a: 1 },
        namespace,
      });
      await client.store.deleteItem(namespace, 'k');
      expect(await client.store.getItem(namespace, 'k')).toBeNull();
    },
  },
  {
    area,
    name: 'search with a filter, limit and offset',
    holds: async ({ client }) => {
      const namespace = place();
      for (const i of [1, 2, 3])
        await client.store.putItem(namespace, `k${i}`, { kind: i === 1 ? 'odd' : 'x', i });
      const { items } = await client.store.searchItems(namespace, { filter: { kind: 'x' } });
      expect(items.map(({ key }) => key).toSorted()).toEqual(['k2', 'k3']);
      expect((await client.store.searchItems(namespace, { limit: 2, offset: 2 })).items).toHaveLength(1);
      const { items: greater } = await client.store.searchItems(namespace, { filter: { i: { $gt: 2 } } });
      expect(greater.map(({ key }) => key)).toEqual(['k3']);
    },
  },
  {
    area,
    name: 'namespaces',
    holds: async ({ client }) => {
      const namespace = place();
      await client.store.putItem([...namespace, 'a', 'b'], 'k', {});
      const { namespaces } = await client.store.listNamespaces({ prefix: namespace });
      expect(namespaces).toEqual([[...namespace, 'a', 'b']]);
      const { namespaces: cut } = await client.store.listNamespaces({ prefix: namespace, maxDepth: 3 });
      expect(cut).toEqual([[...namespace, 'a']]);
    },
  },
  {
    area,
    name: 'a namespace that is none is refused',
    holds: async (on) => {
      const { status } = await raw(on, 'PUT', '/store/items', { namespace: ['a.b'], key: 'k', value: {} });
      expect([400, 422]).toContain(status);
    },
  },
];
