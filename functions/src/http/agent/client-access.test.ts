/** LangGraph's own client, unchanged, on a store with the indexes that production has. */
import { readFile } from 'node:fs/promises';
import { Client } from '@langchain/langgraph-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { defaultAssistantId } from '../../lib/default-assistant-id.ts';
import { systemClock } from '../../ports/clock.ts';
import { Lab, UID } from '../../runtime/testing/lab.ts';
import { anyCredential } from '../any-credential.ts';
import { serveApi, type ApiServer } from '../testing.ts';
import { keyAuthentication } from './keys/authenticate.ts';
import { KeyKeeper } from './keys/keeper.ts';

const INDEXES = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);
let firestore: Awaited<ReturnType<typeof openEmbedded>>;
let api: ApiServer;
let client: Client;
let keyId: string;
beforeAll(async () => {
  firestore = await openEmbedded({ indexes: await readFile(INDEXES, 'utf8') });
  const { documents } = firestore;
  const account = { email: null, emailVerified: false, admin: false, disabled: false, tokensValidFrom: 0 };
  const authenticate = anyCredential({
    byToken: async () => ({ uid: 'bob', admin: false, anonymous: false }),
    byKey: keyAuthentication({
      documents,
      clock: systemClock,
      accounts: { byUid: async (uid) => ({ uid, ...account }) },
    }),
  });
  api = await serveApi(new Lab({ graph: undefined, documents }), { authenticate });
  const keeper = new KeyKeeper(documents, systemClock);
  const { key, made } = await keeper.make({ uid: UID, anonymous: false, name: 'client' });
  keyId = made.id;
  client = new Client({ apiUrl: `${api.url}/api`, apiKey: key });
});
afterAll(async () => {
  await api.close();
  await firestore.close();
});

describe('assistants', () => {
  test("a graph's own is found by its name and by its id", async () => {
    const own = await client.assistants.get('research');
    expect(own).toMatchObject({
      assistant_id: defaultAssistantId('research'),
      graph_id: 'research',
      version: 1,
    });
    expect(await client.assistants.get(own.assistant_id)).toEqual(own);
  });

  test('one is made, changed, taken back, and removed', async () => {
    const made = await client.assistants.create({
      graphId: 'research',
      name: 'Deep',
      config: { configurable: { depth: 3 } },
      context: { who: 'me' },
      metadata: { team: 'blue' },
      description: 'Reads more.',
    });
    const { assistant_id: id } = made;
    const again = { graphId: 'research', assistantId: id };
    await expect(client.assistants.create(again)).rejects.toThrow('HTTP 409');
    expect(await client.assistants.create({ ...again, ifExists: 'do_nothing' })).toEqual(made);

    const patched = await client.assistants.update(id, { name: 'Deeper', metadata: { size: 2 } });
    expect(patched).toMatchObject({ version: 2, name: 'Deeper', metadata: { team: 'blue', size: 2 } });
    const versions = await client.assistants.getVersions(id);
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(await client.assistants.getVersions(id, { metadata: { size: 2 } })).toHaveLength(1);
    expect(await client.assistants.setLatest(id, 1)).toMatchObject({ version: 1, name: 'Deep' });

    expect(await client.assistants.search({ metadata: { team: 'blue' } })).toMatchObject([
      { assistant_id: id },
    ]);
    expect(await client.assistants.count({ name: 'deep' })).toBe(1);
    await client.assistants.delete(id);
    await expect(client.assistants.get(id)).rejects.toThrow(/HTTP 404.*No assistant found/);
  });

  test('all are found page by page', async () => {
    for (const name of ['one', 'two', 'three']) await client.assistants.create({ graphId: 'research', name });
    const seen: string[] = [];
    for (let offset: string | null = '0'; offset !== null;) {
      const page: { assistants: { name: string }[]; next: string | null } = await client.assistants.search({
        limit: 2,
        offset: Number(offset),
        sortBy: 'name',
        sortOrder: 'asc',
        includePagination: true,
      });
      seen.push(...page.assistants.map(({ name }) => name));
      offset = page.next;
    }
    expect(seen).toEqual(['family-scheduler', 'one', 'research', 'three', 'two']);
  });

  test('changed a dozen times at once -> a dozen versions', async () => {
    const { assistant_id: id } = await client.assistants.create({ graphId: 'research' });
    const changes = Array.from({ length: 12 }, (_, i) =>
      client.assistants.update(id, { metadata: { [`k${i}`]: i } }),
    );
    await Promise.all(changes);
    const { version, metadata } = await client.assistants.get(id);
    expect([version, Object.keys(metadata ?? {}).length]).toEqual([13, 12]);
  });

  test('what is not there -> 404, which no client repeats', async () => {
    await expect(client.assistants.create({ graphId: 'no such graph' })).rejects.toThrow('HTTP 404');
    await expect(client.assistants.get('no such/graph')).rejects.toThrow(/HTTP 404.*No assistant found for/);
  });
});

test('memory: put, got, searched, listed and removed', async () => {
  const { store } = client;
  await store.putItem(['users', 'ada'], 'tea', { text: 'likes green tea', n: 1 });
  await store.putItem(['users', 'ada'], 'coffee', { text: 'no coffee', n: 2 }, { index: ['text'], ttl: 60 });
  const item = await store.getItem(['users', 'ada'], 'tea');
  expect(item).toMatchObject({ namespace: ['users', 'ada'], key: 'tea', value: { n: 1 } });
  expect(Number.isNaN(Date.parse(String(item?.createdAt)))).toBe(false);
  expect(await store.getItem(['users', 'ada'], 'nothing')).toBeNull();
  expect(await store.getItem(['users', 'ada'], 'coffee', { refreshTtl: true })).not.toBeNull();

  const found = await store.searchItems(['users'], { filter: { n: { $gte: 2 } } });
  expect(found.items.map(({ key }) => key)).toEqual(['coffee']);
  const ranked = await store.searchItems([], { query: 'green' });
  expect(ranked.items[0]).toMatchObject({ key: 'tea', score: expect.any(Number) });
  expect(await store.listNamespaces({ prefix: ['users'], maxDepth: 1 })).toEqual({ namespaces: [['users']] });

  await store.deleteItem(['users', 'ada'], 'tea');
  expect(await store.getItem(['users', 'ada'], 'tea')).toBeNull();
});

describe('credentials', () => {
  test('a token beside a key that means nothing -> the owner of the token', async () => {
    const other = new Client({
      apiUrl: `${api.url}/api`,
      apiKey: 'your-api-key',
      defaultHeaders: { authorization: 'Bearer of-bob' },
    });
    await client.store.putItem(['mine'], 'k', { secret: true });
    expect(await other.store.getItem(['mine'], 'k')).toBeNull();
  });

  test('a key that is none -> 401', async () => {
    const nobody = new Client({ apiUrl: `${api.url}/api`, apiKey: 'lr_guessed' });
    await expect(nobody.assistants.search()).rejects.toThrow('HTTP 401');
  });

  test('a key that is used and revoked -> its owner sees both', async () => {
    const keeper = new KeyKeeper(firestore.documents, systemClock);
    const shown = async () => (await keeper.listOf(UID)).find(({ id }) => id === keyId);
    await client.assistants.count();
    await expect.poll(shown).toMatchObject({ last_used_at: expect.any(String), revoked_at: null });
    await keeper.revoke(keyId, UID);
    expect(await shown()).toMatchObject({ revoked_at: expect.any(String) });
  });
});
