import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Annotation, END, Send, START, StateGraph } from '@langchain/langgraph';
import { InMemoryCache, type CacheFullKey } from '@langchain/langgraph-checkpoint';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Documents } from '../../ports/documents.ts';
import { sweepExpired } from '../store/sweep-items.ts';
import { NodeCache, type NodeCacheOptions } from './cache.ts';
import { cacheSuite } from './cache.suite.ts';
import { documentCache } from './document-cache.ts';

const indexes = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);
const nodeCache = (documents: Documents, options: NodeCacheOptions) =>
  new NodeCache(documentCache(documents), options);
const own = { uid: 'ada', graph: 'research', clock: systemClock };

cacheSuite('LangGraph’s own, in memory', () => new InMemoryCache());
cacheSuite('ours, in memory', () => nodeCache(memoryDocuments(), own));

// With the indexes that production has: a query that needs another one fails here too.
const firestore = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
afterAll(firestore.close);
cacheSuite('ours, in Firestore', () => nodeCache(firestore.documents, { ...own, uid: randomUUID() }));

const key: CacheFullKey = [['nodes', 'n'], 'k'];

describe('what is particular to ours', () => {
  const printed: string[] = [];
  const listen = () =>
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  afterEach(() => {
    vi.restoreAllMocks();
    printed.length = 0;
  });

  test('another user or another graph has another cache', async () => {
    const documents = memoryDocuments();
    await nodeCache(documents, own).set([{ key, value: 1 }]);
    expect(await nodeCache(documents, { ...own, uid: 'bob' }).get([key])).toEqual([]);
    const other = nodeCache(documents, { ...own, graph: 'other' });
    expect(await other.get([key])).toEqual([]);
    await other.clear([]);
    expect(await nodeCache(documents, own).get([key])).toHaveLength(1);
    expect(() => nodeCache(documents, { ...own, uid: 'ada/cache/x' })).toThrow(/id of a user/);
  });

  test('namespaces and keys that only look alike are different', async () => {
    const cache = nodeCache(memoryDocuments(), own);
    await cache.set([{ key: [['a,b'], 'k'], value: 1 }]);
    expect(await cache.get([[['a', 'b'], 'k']])).toEqual([]);
  });

  test('a result that is too large is not kept, which is logged; the others are', async () => {
    listen();
    const cache = nodeCache(memoryDocuments(), own);
    const large: CacheFullKey = [['nodes'], 'large'];
    await cache.set([
      { key: large, value: randomBytes(1_000_000).toString('hex') },
      { key, value: 'x'.repeat(5_000_000) },
    ]);
    expect((await cache.get([large, key])).map((found) => found.key)).toEqual([key]);
    expect(printed.join('')).toContain('too large for the node cache');
  });

  test('a store that fails -> a miss and no rejection, and it is logged', async () => {
    listen();
    const failing = memoryDocuments({ before: () => Promise.reject(new Error('no network')) });
    const cache = nodeCache(failing, own);
    await cache.set([{ key, value: 1 }]);
    expect(await cache.get([key])).toEqual([]);
    expect(printed.join('').match(/no network/g)).toHaveLength(2);
    await expect(cache.clear([])).rejects.toThrow('no network');
  });

  test('what expired is swept', async () => {
    const documents = memoryDocuments();
    const cache = nodeCache(documents, own);
    await cache.set([{ key, value: 1, ttl: 1 }]);
    expect(await sweepExpired(documents, 'cache', Date.now())).toBe(0);
    expect(await sweepExpired(documents, 'cache', Date.now() + 1_000)).toBe(1);
  });
});

describe('in a graph', () => {
  test.each([
    ['LangGraph’s own', () => new InMemoryCache()],
    ['ours', () => nodeCache(memoryDocuments(), own)],
  ])('the same input again -> the node does not run again with %s cache', async (_, open) => {
    let ran = 0;
    const State = Annotation.Root({
      n: Annotation<number>,
      seen: Annotation<number[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
    });
    const build = () =>
      new StateGraph(State)
        .addNode('double', ({ n }) => ({ seen: [(ran += 1) && n * 2] }), { cachePolicy: { ttl: 60 } })
        .addNode('fan', () => ({}))
        .addEdge(START, 'fan')
        .addConditionalEdges('fan', ({ n }) => [new Send('double', { n }), new Send('double', { n: n + 1 })])
        .addEdge('double', END);
    const cache = open();
    expect(await build().compile({ cache }).invoke({ n: 2 })).toMatchObject({ seen: [4, 6] });
    expect(await build().compile({ cache }).invoke({ n: 2 })).toMatchObject({ seen: [4, 6] });
    expect(ran).toBe(2);
    expect(await build().compile({ cache }).invoke({ n: 3 })).toMatchObject({ seen: [6, 8] });
    expect(ran).toBe(3);
  });
});
