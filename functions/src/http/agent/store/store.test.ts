import { StateGraph, START, END, Annotation, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';

/** Reads what a client put, and puts what a client reads. */
const graph = new StateGraph(Annotation.Root({ seen: Annotation<unknown> }))
  .addNode('remember', async (_state, { store }: LangGraphRunnableConfig) => {
    const item = await store?.get(['shared'], 'from-client');
    await store?.put(['shared'], 'from-graph', { text: 'hello' });
    return { seen: item?.value };
  })
  .addEdge(START, 'remember')
  .addEdge('remember', END)
  .compile();

let now = Date.now();
const lab = new Lab({ graph, clock: { now: () => now, after: () => () => undefined } });
let api: ApiServer;
beforeAll(async () => {
  api = await serveApi(lab, {
    authenticate: async ({ headers }) => ({
      uid: String(headers['x-user'] ?? UID),
      admin: false,
      anonymous: false,
    }),
  });
});
afterAll(() => api.close());

let users = 0;
function someone(user = `user-${(users += 1)}`) {
  const call = <T = unknown>(method: string, path: string, body?: unknown) =>
    api.call<T>(method, path, body, { 'x-user': user });
  interface Found {
    items: { namespace: string[]; key: string; value: Record<string, unknown>; score?: number }[];
  }
  return {
    call,
    put: (namespace: string[], key: string, value: object, more: object = {}) =>
      call('PUT', '/store/items', { namespace, key, value, ...more }),
    get: (namespace: string, key: string, more = '') =>
      call('GET', `/store/items?namespace=${namespace}&key=${key}${more}`),
    search: async (body: object) => (await call<Found>('POST', '/store/items/search', body)).body.items,
    keys: async (body: object) =>
      (await call<Found>('POST', '/store/items/search', body)).body.items.map(({ key }) => key),
  };
}

describe('an item', () => {
  test('is put, read, replaced and removed', async () => {
    const { put, get, call } = someone();
    expect(await put(['a', 'b'], 'k', { n: 1, nested: [[1], { x: null }] })).toMatchObject({
      status: 204,
      body: null,
    });
    const { status, body } = await get('a.b', 'k');
    expect([status, body]).toEqual([
      200,
      {
        namespace: ['a', 'b'],
        key: 'k',
        value: { n: 1, nested: [[1], { x: null }] },
        created_at: new Date(now).toISOString(),
        updated_at: new Date(now).toISOString(),
      },
    ]);
    await put(['a', 'b'], 'k', { n: 2 });
    expect((await get('a.b', 'k')).body).toMatchObject({ value: { n: 2 } });
    const remove = () => call('DELETE', '/store/items', { namespace: ['a', 'b'], key: 'k' });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect(await get('a.b', 'k')).toMatchObject({ status: 200, body: null });
  });

  test('lives as long as its ttl says, and reading it puts that off', async () => {
    const { put, get } = someone();
    await put(['a'], 'short', {}, { ttl: 10 });
    await put(['a'], 'read', {}, { ttl: 10 });
    now += 6 * 60_000;
    expect((await get('a', 'read', '&refresh_ttl=true')).body).not.toBeNull();
    now += 6 * 60_000;
    expect((await get('a', 'short')).body).toBeNull();
    expect((await get('a', 'read')).body).not.toBeNull();
  });

  test.each([
    ['PUT', { key: 'k', value: {} }],
    ['PUT', { namespace: [], key: 'k', value: {} }],
    ['PUT', { namespace: ['a.b'], key: 'k', value: {} }],
    ['PUT', { namespace: ['a', ''], key: 'k', value: {} }],
    ['PUT', { namespace: ['langgraph'], key: 'k', value: {} }],
    ['PUT', { namespace: ['a'], key: '', value: {} }],
    ['PUT', { namespace: ['a'], key: 'k', value: null }],
    ['PUT', { namespace: ['a'], key: 'k', value: [1] }],
    ['PUT', { namespace: ['a'], key: 'k', value: {}, ttl: -1 }],
    ['PUT', { namespace: ['a'], key: 'k', value: {}, index: true }],
    ['PUT', { namespace: ['a'], key: 'k', value: {}, colour: 'red' }],
    ['DELETE', { namespace: ['a.b'], key: 'k' }],
    ['DELETE', {}],
  ])('%s %j -> 400', async (method, body) => {
    const { call } = someone();
    expect(await call(method, '/store/items', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request' } },
    });
  });

  test.each([
    '',
    'namespace=a',
    'key=k',
    'namespace=&key=k',
    'namespace=a..b&key=k',
    'namespace=a&key=k&x=1',
  ])('GET ?%s -> 400', async (query) => {
    expect((await someone().call('GET', `/store/items?${query}`)).status).toBe(400);
  });
});

describe('items are searched', () => {
  test('below a prefix, by a filter, page by page', async () => {
    const { put, keys } = someone();
    for (let n = 1; n <= 4; n += 1)
      await put(['a', `b${n % 2}`], `k${n}`, { n, tag: n < 3 ? 'low' : 'high' });
    await put(['z'], 'other', { n: 9 });
    expect((await keys({})).toSorted()).toEqual(['k1', 'k2', 'k3', 'k4', 'other']);
    expect((await keys({ namespace_prefix: ['a', 'b1'] })).toSorted()).toEqual(['k1', 'k3']);
    expect(await keys({ namespace_prefix: ['a', 'b'] })).toEqual([]);
    expect((await keys({ filter: { tag: 'high' } })).toSorted()).toEqual(['k3', 'k4']);
    expect((await keys({ filter: { n: { $gt: 1, $lte: 3 } } })).toSorted()).toEqual(['k2', 'k3']);
    expect((await keys({ filter: { n: { $ne: 9 }, tag: { $eq: 'low' } } })).toSorted()).toEqual(['k1', 'k2']);
    const all = await keys({ namespace_prefix: ['a'] });
    expect(await keys({ namespace_prefix: ['a'], limit: 2, offset: 1 })).toEqual(all.slice(1, 3));
  });

  test('by words, best first, with a score; not by what is not indexed', async () => {
    const { put, search } = someone();
    await put(['m'], 'tea', { text: 'green tea with milk' });
    await put(['m'], 'coffee', { text: 'coffee with milk and more milk' });
    await put(['m'], 'hidden', { text: 'milk milk milk' }, { index: false });
    await put(['m'], 'part', { text: 'milk', title: 'bread' }, { index: ['title'] });
    const found = await search({ namespace_prefix: ['m'], query: 'tea' });
    expect(found[0]?.key).toBe('tea');
    expect(found[0]?.score).toBeGreaterThan(0);
    const milk = (await search({ query: 'milk' })).filter(({ score }) => (score ?? 0) > 0);
    expect(milk.map(({ key }) => key).toSorted()).toEqual(['coffee', 'tea']);
  });

  test.each([
    { namespace_prefix: ['a.b'] },
    { namespace_prefix: [''] },
    { filter: { n: { $near: 1 } } },
    { limit: 1_001 },
    { limit: 0 },
    { offset: -1 },
    { offset: 1e9 },
    { query: 'x'.repeat(3_000) },
    { colour: 'red' },
  ])('by %j -> 400', async (body) => {
    expect((await someone().call('POST', '/store/items/search', body)).status).toBe(400);
  });
});

describe('namespaces are listed', () => {
  test('by prefix and suffix, cut to a depth, page by page', async () => {
    const { put, call } = someone();
    const list = async (body: object) =>
      (await call<{ namespaces: string[][] }>('POST', '/store/namespaces', body)).body.namespaces.map(
        (each) => each.join('.'),
      );
    for (const name of ['a.b.c', 'a.b.d', 'a.x', 'q.x']) await put(name.split('.'), 'k', {});
    expect(await list({})).toEqual(['a.b.c', 'a.b.d', 'a.x', 'q.x']);
    expect(await list({ prefix: ['a'] })).toEqual(['a.b.c', 'a.b.d', 'a.x']);
    expect(await list({ suffix: ['x'] })).toEqual(['a.x', 'q.x']);
    expect(await list({ prefix: ['*', 'b'] })).toEqual(['a.b.c', 'a.b.d']);
    expect(await list({ max_depth: 2 })).toEqual(['a.b', 'a.x', 'q.x']);
    expect(await list({ limit: 2, offset: 1 })).toEqual(['a.b.d', 'a.x']);
    for (const bad of [{ prefix: ['a.b'] }, { suffix: [''] }, { max_depth: 0 }, { limit: 0 }]) {
      expect((await call('POST', '/store/namespaces', bad)).status).toBe(400);
    }
  });
});

test('what a client puts a graph reads, and the other way round', async () => {
  const { put, get } = someone(UID);
  await put(['shared'], 'from-client', { text: 'hi' });
  const ended = await lab.work(await lab.create({ input: {} }));
  expect(ended).toMatchObject({ status: 'completed', output: { seen: { text: 'hi' } } });
  expect((await get('shared', 'from-graph')).body).toMatchObject({ value: { text: 'hello' } });
});

test("another user's items -> are not found, listed, replaced or removed", async () => {
  const [ada, bob] = [someone(), someone()];
  await ada.put(['secret'], 'k', { text: 'mine' });
  expect((await bob.get('secret', 'k')).body).toBeNull();
  expect(await bob.search({ query: 'mine' })).toEqual([]);
  expect((await bob.call('POST', '/store/namespaces', {})).body).toEqual({ namespaces: [] });
  await bob.call('DELETE', '/store/items', { namespace: ['secret'], key: 'k' });
  await bob.put(['secret'], 'k', { text: "bob's" });
  expect((await ada.get('secret', 'k')).body).toMatchObject({ value: { text: 'mine' } });
});
