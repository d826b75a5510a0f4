import { randomBytes, randomUUID } from 'node:crypto';
import { Annotation, END, getStore, InMemoryStore, START, StateGraph } from '@langchain/langgraph';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import type { Documents } from '../../ports/documents.ts';
import { countDocuments } from '../saver/testing.ts';
import { longTermStore, type LongTermStoreOptions } from './store.ts';
import { sweepExpired } from './sweep-items.ts';

const MINUTE = 60_000;
const noise = (bytes: number) => randomBytes(Math.ceil(bytes / 2)).toString('hex');

function open(options: Partial<LongTermStoreOptions> & { documents?: Documents } = {}) {
  const time = { now: Date.parse('2026-01-01T00:00:00Z') };
  const { documents, counts } = countDocuments(options.documents ?? memoryDocuments());
  const uid = options.uid ?? randomUUID();
  const store = longTermStore(documents, { clock: { now: () => time.now }, ...options, uid });
  const left = () => documents.query({ collection: `users/${uid}/store`, select: [] });
  return { store, documents, counts, time, left };
}

const firestore = await openEmbedded();
afterAll(firestore.close);
const everywhere = [
  ['memory', memoryDocuments()],
  ['Firestore', firestore.documents],
] as const;

describe('whose memory it is', () => {
  test('another user, another store', async () => {
    const { store, documents } = open();
    await store.put(['a'], 'k', { secret: 1 });
    const other = longTermStore(documents, { uid: 'bob', clock: { now: () => 0 } });
    expect(await other.get(['a'], 'k')).toBeNull();
    expect(await other.search([])).toEqual([]);
    expect(await other.listNamespaces()).toEqual([]);
  });

  test.each(['', 'ada/store/x'])('a user id %j is refused', (uid) => {
    expect(() => open({ uid })).toThrow(/id of a user/);
  });
});

describe('namespaces are labels', () => {
  test('a prefix is whole labels: "users" is not "users2", and no sign in a label confuses it', async () => {
    const { store } = open();
    for (const label of ['users', 'users2', 'users-x', 'users x', 'users/x', 'users;x', 'users!']) {
      await store.put([label], 'k', {});
      await store.put([label, 'below'], 'k', {});
    }
    for (const label of ['users', 'users-x', 'users/x', 'users;x']) {
      const found = await store.search([label]);
      expect(found.map(({ namespace }) => namespace)).toEqual([[label], [label, 'below']]);
    }
    expect(await store.listNamespaces({ maxDepth: 1 })).toHaveLength(7);
  });

  test('a colon is refused, as in every store of LangGraph', async () => {
    const { store } = open();
    await expect(store.put(['users:x'], 'k', {})).rejects.toThrow(/colon/);
  });

  test('keys with periods are no namespaces', async () => {
    const { store } = open();
    await store.put(['a'], 'b..c', { n: 1 });
    await store.put(['a'], '..', { n: 2 });
    expect((await store.search(['a'])).map(({ key }) => key).sort()).toEqual(['..', 'b..c']);
    expect(await store.search(['a', 'b'])).toEqual([]);
  });

  test('a batch checks what LangGraph’s queue in front of a store does not', async () => {
    const { store, counts } = open();
    const good = { namespace: ['a'], key: 'k', value: {} };
    await expect(store.batch([good, { namespace: ['a.b'], key: 'k', value: {} }])).rejects.toMatchObject({
      name: 'InvalidNamespaceError',
    });
    expect(counts.written).toBe(0);
  });

  test('listing costs by namespaces, not by items', async () => {
    const { store, counts } = open();
    for (let i = 0; i < 200; i += 1) await store.put([i < 190 ? 'big' : `small${i}`], `k${i}`, {});
    const before = counts.read;
    expect(await store.listNamespaces()).toHaveLength(11);
    expect(counts.read - before).toBeLessThan(50);
  });
});

describe.each(everywhere)('large values in %s', (_, documents) => {
  test('3 MB -> pieces, read back whole; smaller again -> no piece is left', async () => {
    const { store, left } = open({ documents });
    const big = { text: noise(3_000_000), n: 1 };
    await store.put(['large'], 'k', big);
    expect((await store.get(['large'], 'k'))?.value).toEqual(big);
    expect((await store.search(['large'], { filter: { n: 1 } }))[0]?.value).toEqual(big);
    await store.put(['large'], 'k', { n: 2 });
    expect((await store.get(['large'], 'k'))?.value).toEqual({ n: 2 });
    await store.put(['large'], 'k', big);
    await store.delete(['large'], 'k');
    expect(await left()).toEqual([]);
  });

  test('puts of more than a commit holds are made in several', async () => {
    const { store } = open({ documents });
    const texts = Array.from({ length: 3 }, () => noise(3_500_000));
    await store.batch(texts.map((text, i) => ({ namespace: ['many'], key: `${i}`, value: { text } })));
    expect((await store.get(['many'], '2'))?.value).toEqual({ text: texts[2] });
  });

  test('two writers of one item at once -> one of their values, whole, and nothing left over', async () => {
    const { store, left } = open({ documents });
    const values = [0, 1, 2].map((n) => ({ n, text: noise(1_200_000 + n * 800_000) }));
    await Promise.all(values.map((value) => store.put(['race'], 'k', value)));
    const found = await store.get(['race'], 'k');
    expect(values).toContainEqual(found?.value);
    const size = (await left()).length;
    expect(size).toBe(1 + Math.ceil((found?.value['text'].length * 0.58) / 900_000));
    await Promise.all([store.delete(['race'], 'k'), store.put(['race'], 'k', values[1] ?? {})]);
    const after = await store.get(['race'], 'k');
    expect([null, values[1]]).toContainEqual(after?.value ?? null);
    await store.delete(['race'], 'k');
    expect(await left()).toEqual([]);
  });
});

describe('limits', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  test.each<[string, (store: ReturnType<typeof open>['store']) => Promise<unknown>, string]>([
    ['a value of 9 MB', (store) => store.put(['a'], 'k', { text: 'x'.repeat(9_000_000) }), 'too_large'],
    ['a value with a cycle', (store) => store.put(['a'], 'k', loop), 'invalid_request'],
    ['a value with a bigint', (store) => store.put(['a'], 'k', { n: 1n }), 'invalid_request'],
    ['a value that is a list', (store) => store.put(['a'], 'k', []), 'invalid_request'],
    [
      'a value that is no JSON',
      (store) => store.put(['a'], 'k', { toJSON: () => undefined }),
      'invalid_request',
    ],
    [
      'a value that is text as JSON',
      (store) => store.put(['a'], 'k', { toJSON: () => 'x' }),
      'invalid_request',
    ],
    ['no value', (store) => store.put(['a'], 'k', JSON.parse('{}').none), 'invalid_request'],
    ['a query that is no text', (store) => store.search(['a'], JSON.parse('{"query":7}')), 'invalid_request'],
    ['an empty key', (store) => store.put(['a'], '', {}), 'invalid_request'],
    ['half a surrogate pair as key', (store) => store.put(['a'], '\ud800', {}), 'invalid_request'],
    ['an endless key', (store) => store.put(['a'], 'k'.repeat(2_000), {}), 'too_large'],
    ['an endless namespace', (store) => store.put(['a'.repeat(2_000)], 'k', {}), 'too_large'],
    ['a limit of a million', (store) => store.search(['a'], { limit: 1_000_000 }), 'invalid_request'],
    ['a negative offset', (store) => store.search(['a'], { offset: -1 }), 'invalid_request'],
    ['an endless query', (store) => store.search(['a'], { query: 'x'.repeat(3_000) }), 'invalid_request'],
    [
      'an unknown operator',
      (store) => store.search(['a'], { filter: { n: { $regex: 'x' } } }),
      'invalid_request',
    ],
    ['no depth', (store) => store.listNamespaces({ maxDepth: 0 }), 'invalid_request'],
    [
      '2,000 operations',
      (store) => store.batch(Array.from({ length: 2_000 }, () => ({ namespace: ['a'], key: 'k' }))),
      'invalid_request',
    ],
  ])('%s is refused with its code', async (_, call, code) => {
    const { store, counts } = open();
    await expect(call(store)).rejects.toMatchObject({ code });
    expect(counts.written).toBe(0);
  });

  test('a value nested 1,000 deep, and names that Firestore reserves', async () => {
    const { store } = open({ documents: firestore.documents });
    let deep: unknown = 'bottom';
    for (let i = 0; i < 1_000; i += 1) deep = { in: [deep] };
    const value = { deep, __name__: 1, '': 2, lists: [[1], [[2]]] };
    await store.put(['odd'], 'k', value);
    expect((await store.get(['odd'], 'k'))?.value).toEqual(value);
  });

  test('too much to search at once -> told to name more of the namespace', async () => {
    const { store } = open();
    const text = 'x'.repeat(7_000_000);
    for (let i = 0; i < 10; i += 1) await store.put(['a', `${i}`], 'k', { text });
    await expect(store.search(['a'], { query: 'x' })).rejects.toMatchObject({ code: 'too_large' });
    expect(await store.search(['a', '3'], { query: 'x' })).toHaveLength(1);
  });
});

describe.each(everywhere)('expiry in %s', (_, documents) => {
  const ttl = { defaultMs: 10 * MINUTE };

  test('when its time is over an item is gone for every call, swept or not', async () => {
    const { store, time } = open({ documents, ttl });
    await store.put(['short'], 'k', { n: 1 });
    time.now += 10 * MINUTE - 1;
    expect(await store.get(['short'], 'k')).not.toBeNull();
    time.now += 1;
    expect(await store.get(['short'], 'k')).toBeNull();
    expect(await store.search(['short'])).toEqual([]);
    expect(await store.listNamespaces({ prefix: ['short'] })).toEqual([]);
    // A new item in its place is new.
    await store.put(['short'], 'k', { n: 2 });
    expect((await store.get(['short'], 'k'))?.createdAt.getTime()).toBe(time.now);
  });

  test('a put may say otherwise: minutes, or for ever', async () => {
    const { store, time } = open({ documents, ttl });
    const put = (key: string, minutes: number | null) =>
      store.batch([{ namespace: ['own'], key, value: {}, ttl: minutes }]);
    await put('brief', 1);
    await put('lasting', null);
    time.now += 60 * MINUTE;
    expect((await store.search(['own'])).map(({ key }) => key)).toEqual(['lasting']);
    await expect(put('bad', -1)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('refreshed on read, if so configured, without a write each time', async () => {
    const { store, time, counts } = open({ documents, ttl: { ...ttl, refreshOnRead: true } });
    await store.put(['fresh'], 'k', { text: noise(2_000_000) });
    const written = counts.written;
    await store.get(['fresh'], 'k');
    expect(counts.written).toBe(written);
    for (let i = 0; i < 5; i += 1) {
      time.now += 8 * MINUTE;
      const [found] = await store.search(['fresh']);
      expect(found?.updatedAt.getTime()).toBe(Date.parse('2026-01-01T00:00:00Z'));
    }
    await sweepExpired(documents, 'store', time.now);
    expect(await store.get(['fresh'], 'k')).not.toBeNull();
    time.now += 10 * MINUTE;
    expect(await store.get(['fresh'], 'k')).toBeNull();
  });

  test('the sweep deletes what expired, pieces too, and nothing else', async () => {
    const { store, time, left } = open({ documents, ttl });
    await store.put(['swept'], 'big', { text: noise(2_000_000) });
    await store.put(['swept'], 'small', {});
    time.now += 5 * MINUTE;
    await store.put(['swept'], 'later', {});
    time.now += 5 * MINUTE;
    while ((await sweepExpired(documents, 'store', time.now)) > 0);
    expect((await store.search(['swept'])).map(({ key }) => key)).toEqual(['later']);
    expect(await left()).toHaveLength(1);
  });
});

describe('the sweep', () => {
  test('an item that is written again while it is swept stays', async () => {
    const { store, documents, time } = open({ ttl: { defaultMs: MINUTE } });
    await store.put(['a'], 'renewed', {});
    await store.put(['a'], 'old', {});
    time.now += MINUTE;
    const racing: Documents = {
      ...documents,
      query: async (query) => {
        const found = await documents.query(query);
        await store.put(['a'], 'renewed', { again: true });
        return found;
      },
    };
    expect(await sweepExpired(racing, 'store', time.now)).toBe(1);
    expect((await store.search(['a'])).map(({ key }) => key)).toEqual(['renewed']);
  });
});

describe('search by text', () => {
  const notes: [string, Record<string, unknown>][] = [
    ['pizza', { text: 'Ada likes pizza with olives', tags: ['food'] }],
    ['cancelled', { text: 'She cancelled the subscription in March' }],
    ['garden', { text: 'The garden needs water', tags: ['home'] }],
    ['both', { text: 'Pizza in the garden', score: 42 }],
  ];
  const filled = async () => {
    const { store } = open();
    for (const [key, value] of notes) await store.put(['notes'], key, value);
    return store;
  };

  test.each([
    ['does she like olives?', 'pizza'],
    ['cancel a subscription', 'cancelled'],
    ['subscribtion', 'cancelled'],
    ['pizza in the garden', 'both'],
    ['food', 'pizza'],
    ['42', 'both'],
  ])('%s -> %s first, with the highest score', async (query, expected) => {
    const store = await filled();
    const [first, ...rest] = await store.search(['notes'], { query });
    expect(first?.key).toBe(expected);
    expect(first?.score).toBeGreaterThan(0);
    expect(first?.score).toBeLessThan(1);
    for (const { score } of rest) expect(score ?? 0).toBeLessThan(first?.score ?? 0);
  });

  test('items without any of the words come last and have no score', async () => {
    const store = await filled();
    const found = await store.search(['notes'], { query: 'subscription' });
    expect(found.map(({ score }) => score !== undefined)).toEqual([true, false, false, false]);
    expect(await store.search(['notes'], { query: 'subscription', limit: 1 })).toHaveLength(1);
  });

  test('filter and query together; noise is no error', async () => {
    const store = await filled();
    const [only, ...rest] = await store.search(['notes'], { query: 'pizza', filter: { score: { $gt: 40 } } });
    expect([only?.key, rest]).toEqual(['both', []]);
    expect(await store.search(['notes'], { query: '((("*' })).toHaveLength(4);
    expect(await store.search(['notes'], { query: '  ' })).toHaveLength(4);
  });

  test('index: false hides an item from words, paths choose what of it counts', async () => {
    const { store } = open();
    await store.put(['n'], 'hidden', { text: 'walnut' }, false);
    await store.put(['n'], 'part', { title: 'walnut', body: 'zebra', list: [{ t: 'tiger' }] }, ['title']);
    const scored = async (query: string) =>
      (await store.search(['n'], { query })).filter(({ score }) => score !== undefined).map(({ key }) => key);
    expect(await scored('walnut')).toEqual(['part']);
    expect(await scored('zebra')).toEqual([]);
  });
});

describe('in a graph', () => {
  test.each([
    ['LangGraph’s own', () => new InMemoryStore()],
    ['ours', () => open().store],
  ])('nodes remember across threads with %s store', async (_, make) => {
    const State = Annotation.Root({ said: Annotation<string>, known: Annotation<string[]> });
    const graph = new StateGraph(State)
      .addNode('remember', async ({ said }) => {
        const store = getStore();
        await store?.put(['facts'], said, { said });
        const found = (await store?.search(['facts'])) ?? [];
        return { known: found.map(({ key }) => key).sort() };
      })
      .addEdge(START, 'remember')
      .addEdge('remember', END)
      .compile({ store: make() });
    await graph.invoke({ said: 'one' });
    expect(await graph.invoke({ said: 'two' })).toMatchObject({ known: ['one', 'two'] });
  });
});
