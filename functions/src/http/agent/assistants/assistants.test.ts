import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import { Lab } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';
import { assistantPath, type Assistant } from './assistant.ts';

const documents = memoryDocuments();
let api: ApiServer;
beforeAll(async () => {
  api = await serveApi(new Lab({ graph: undefined, documents }), {
    authenticate: async ({ headers }) => ({
      uid: String(headers['x-user'] ?? 'ada'),
      admin: false,
      anonymous: false,
    }),
  });
});
afterAll(() => api.close());

/** As a user of whom nobody else knows. */
let users = 0;
function someone() {
  const user = `user-${(users += 1)}`;
  const call = <T = Assistant>(method: string, path: string, body?: unknown) =>
    api.call<T>(method, path, body, { 'x-user': user });
  return {
    user,
    call,
    create: async (more: object = {}) =>
      (await call('POST', '/assistants', { graph_id: 'research', ...more })).body,
  };
}
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

test('the assistant of a graph has the id that every server of LangGraph gives it', () => {
  expect(defaultAssistantId('agent')).toBe('fe096781-5601-53d2-b2f6-0d3403f7e9ca');
});

describe('a graph that is served', () => {
  test('has an assistant for everybody, which nobody made', async () => {
    const { call, user } = someone();
    const id = defaultAssistantId('research');
    const { status, body } = await call('GET', `/assistants/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      assistant_id: id,
      graph_id: 'research',
      name: 'research',
      description: null,
      version: 1,
      config: {},
      context: {},
      metadata: { created_by: 'system' },
      created_at: '1970-01-01T00:00:00.000Z',
      updated_at: '1970-01-01T00:00:00.000Z',
    });
    expect((await call('GET', '/assistants/research')).body).toEqual(body);
    expect((await call('POST', '/assistants/research/versions', {})).body).toMatchObject([{ version: 1 }]);
    expect(await documents.get([assistantPath(user, id)])).toEqual([undefined]);
  });

  test('its assistant is changed for who changed it, and goes back to what it was', async () => {
    const [ada, bob] = [someone(), someone()];
    const changed = await ada.call('PATCH', '/assistants/research', {
      config: { configurable: { depth: 3 } },
      metadata: { mine: true },
    });
    expect(changed.body).toMatchObject({
      version: 2,
      config: { configurable: { depth: 3 } },
      metadata: { created_by: 'system', mine: true },
    });
    expect((await ada.call('GET', '/assistants/research')).body).toEqual(changed.body);
    expect((await bob.call('GET', '/assistants/research')).body).toMatchObject({ version: 1, config: {} });

    expect((await ada.call('POST', '/assistants/research/latest', { version: 1 })).body).toMatchObject({
      version: 1,
      config: {},
      metadata: { created_by: 'system' },
    });
    expect((await ada.call('PATCH', '/assistants/research', { name: 'mine' })).body).toMatchObject({
      version: 3,
      config: {},
    });
  });

  test('its assistant is neither removed, nor made again, nor one of another graph', async () => {
    const { call } = someone();
    const id = defaultAssistantId('research');
    expect((await call('DELETE', '/assistants/research')).status).toBe(409);
    expect((await call('POST', '/assistants', { graph_id: 'research', assistant_id: id })).status).toBe(409);
    expect((await call('PATCH', `/assistants/${id}`, { graph_id: 'family-scheduler' })).status).toBe(400);
  });
});

describe('an assistant is made', () => {
  test('with what was sent, and defaults', async () => {
    const { create, call } = someone();
    const plain = await create();
    expect(plain).toMatchObject({
      name: 'Untitled',
      description: null,
      version: 1,
      config: {},
      metadata: {},
    });
    const whole = await create({
      assistant_id: '6F1E0A0B-1C7E-4B48-9F0E-0123456789AB',
      name: 'Deep',
      description: 'Reads more.',
      config: { tags: ['t'], recursion_limit: 50, configurable: { depth: 3 } },
      context: { who: 'me', nobody: null },
      metadata: { team: { name: 'blue' } },
    });
    expect(whole).toMatchObject({
      assistant_id: '6f1e0a0b-1c7e-4b48-9f0e-0123456789ab',
      config: { tags: ['t'], recursion_limit: 50, configurable: { depth: 3 } },
      context: { who: 'me', nobody: null },
    });
    expect((await call('GET', '/assistants/6F1E0A0B-1C7E-4B48-9F0E-0123456789AB')).body).toEqual(whole);
  });

  test('twice with one id -> 409, or the first one if it is to do nothing', async () => {
    const { create, call } = someone();
    const { assistant_id } = await create({ name: 'first' });
    const again = (if_exists?: string) =>
      call('POST', '/assistants', { graph_id: 'research', assistant_id, name: 'second', if_exists });
    expect((await again()).status).toBe(409);
    expect(await again('do_nothing')).toMatchObject({ status: 200, body: { name: 'first', version: 1 } });
  });

  test.each([
    [{ graph_id: 'nothing' }, 404],
    [{ assistant_id: 'no-uuid' }, 400],
    [{ colour: 'red' }, 400],
    [{ if_exists: 'overwrite' }, 400],
    [{ name: '' }, 400],
    [{ config: { configurable: { __pregel: 1 } } }, 400],
    [{ metadata: { text: 'x'.repeat(64_000) } }, 413],
  ])('with %j -> %i', async (more, status) => {
    const { call } = someone();
    expect((await call('POST', '/assistants', { graph_id: 'research', ...more })).status).toBe(status);
    expect((await call('POST', '/assistants/count', {})).body).toBe(2);
  });
});

describe('an assistant is changed', () => {
  test('metadata is merged, everything else replaced, and each change is a version', async () => {
    const { create, call } = someone();
    const { assistant_id: id } = await create({
      name: 'one',
      description: 'd',
      config: { tags: ['a'], configurable: { x: 1 } },
      context: { a: 1 },
      metadata: { a: 1, b: { c: 1 } },
    });
    const { body } = await call('PATCH', `/assistants/${id}`, {
      config: { configurable: { y: 2 } },
      metadata: { b: { d: 2 } },
      description: null,
    });
    expect(body).toMatchObject({
      version: 2,
      name: 'one',
      description: null,
      config: { configurable: { y: 2 } },
      context: { a: 1 },
      metadata: { a: 1, b: { d: 2 } },
    });
    expect(body.config).not.toHaveProperty('tags');
    const versions = await call<Assistant[]>('POST', `/assistants/${id}/versions`, {});
    expect(versions.body.map(({ version, description }) => [version, description])).toEqual([
      [2, null],
      [1, 'd'],
    ]);
    expect(versions.body[0]).not.toHaveProperty('updated_at');
  });

  test('twenty times at once -> twenty versions, and nothing of any is lost', async () => {
    const { create, call } = someone();
    const { assistant_id: id } = await create();
    const changes = Array.from({ length: 20 }, (_, i) =>
      call('PATCH', `/assistants/${id}`, { metadata: { [`k${i}`]: i } }),
    );
    const versions = (await Promise.all(changes)).map(({ body }) => body.version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    const { body } = await call('GET', `/assistants/${id}`);
    expect(Object.keys(body.metadata)).toHaveLength(20);
    expect(body.version).toBe(21);
  });

  test('back to a version, and on from there with a number of its own', async () => {
    const { create, call } = someone();
    const { assistant_id: id } = await create({ name: 'one', metadata: { v: 1 } });
    await call('PATCH', `/assistants/${id}`, { name: 'two', metadata: { v: 2 } });
    const back = await call('POST', `/assistants/${id}/latest`, { version: 1 });
    expect(back.body).toMatchObject({ version: 1, name: 'one', metadata: { v: 1 } });
    expect((await call('GET', `/assistants/${id}`)).body).toEqual(back.body);
    expect((await call('PATCH', `/assistants/${id}`, {})).body).toMatchObject({ version: 3, name: 'one' });
    expect((await call('POST', `/assistants/${id}/latest`, { version: 9 })).status).toBe(404);
    expect((await call('POST', `/assistants/${id}/latest`, { version: 'one' })).status).toBe(400);
  });

  test('versions by metadata, limit and offset', async () => {
    const { create, call } = someone();
    const { assistant_id: id } = await create({ metadata: { even: false } });
    for (let n = 2; n <= 6; n += 1)
      await call('PATCH', `/assistants/${id}`, { metadata: { even: n % 2 === 0 } });
    const list = async (body: object) =>
      (await call<Assistant[]>('POST', `/assistants/${id}/versions`, body)).body.map(
        ({ version }) => version,
      );
    expect(await list({ limit: 2 })).toEqual([6, 5]);
    expect(await list({ limit: 2, offset: 4 })).toEqual([2, 1]);
    expect(await list({ metadata: { even: true } })).toEqual([6, 4, 2]);
    expect(await list({ metadata: { even: true }, limit: 1, offset: 1 })).toEqual([4]);
  });
});

describe('assistants are searched', () => {
  const search = async (call: ReturnType<typeof someone>['call'], body: object) => {
    const answer = await call<Assistant[]>('POST', '/assistants/search', body);
    return {
      names: answer.body.map(({ name }) => name),
      total: answer.headers.get('x-pagination-total'),
      next: answer.headers.get('x-pagination-next'),
      body: answer.body,
    };
  };

  test('newest first, those of graphs last; by graph, name and metadata that they contain', async () => {
    const { create, call } = someone();
    await create({ name: 'Alpha', metadata: { a: { b: 1, c: 2 } } });
    await create({ name: 'beta', metadata: { a: { b: 2 } } });
    await create({ name: 'ALPHABET', graph_id: 'family-scheduler' });
    const all = await search(call, {});
    expect(all.names.toSorted()).toEqual(['ALPHABET', 'Alpha', 'beta', 'family-scheduler', 'research']);
    expect(all.names.slice(3).toSorted()).toEqual(['family-scheduler', 'research']);
    expect(all).toMatchObject({ total: '5', next: null });
    expect((await search(call, { name: 'alpha' })).names.toSorted()).toEqual(['ALPHABET', 'Alpha']);
    expect((await search(call, { metadata: { a: { b: 1 } } })).names).toEqual(['Alpha']);
    expect((await search(call, { graph_id: 'family-scheduler' })).total).toBe('2');
    expect((await call('POST', '/assistants/count', { name: 'alpha' })).body).toBe(2);
  });

  test('a graph whose assistant was changed is listed once, as it is now', async () => {
    const { call } = someone();
    await call('PATCH', '/assistants/research', { name: 'mine' });
    const found = await search(call, { graph_id: 'research' });
    expect(found).toMatchObject({ names: ['mine'], total: '1' });
  });

  test('page by page, in an order, with the fields that are asked for', async () => {
    const { create, call } = someone();
    for (const name of ['c', 'a', 'b']) await create({ name });
    const pages: string[] = [];
    for (let offset: string | null = '0'; offset !== null;) {
      const page = await search(call, {
        sort_by: 'name',
        sort_order: 'asc',
        limit: 2,
        offset: Number(offset),
      });
      pages.push(page.names.join());
      expect(page.total).toBe('5');
      offset = page.next;
    }
    expect(pages).toEqual(['a,b', 'c,family-scheduler', 'research']);
    const { body } = await search(call, {
      select: ['name', 'graph_id'],
      name: 'a',
      limit: 1,
      sort_by: 'name',
    });
    expect(body).toEqual([{ name: 'research', graph_id: 'research' }]);
    expect((await call('POST', '/assistants/search', { select: ['secret'] })).status).toBe(400);
    expect((await call('POST', '/assistants/search', { limit: 1_001 })).status).toBe(400);
  });
});

describe('an assistant is removed', () => {
  test('with its versions: an id can be used again from the beginning', async () => {
    const { create, call } = someone();
    const { assistant_id } = await create();
    await call('PATCH', `/assistants/${assistant_id}`, { name: 'two' });
    expect(await call('DELETE', `/assistants/${assistant_id}?delete_threads=false`)).toMatchObject({
      status: 200,
      body: [assistant_id],
    });
    expect((await call('GET', `/assistants/${assistant_id}`)).status).toBe(404);
    await create({ assistant_id, name: 'again' });
    const { body } = await call('POST', `/assistants/${assistant_id}/versions`, {});
    expect(body).toMatchObject([{ version: 1, name: 'again' }]);
  });

  test('its threads stay, unless they are to go', async () => {
    const { create, call } = someone();
    const { assistant_id } = await create();
    const thread = async (metadata: object) =>
      (await call<{ thread_id: string }>('POST', '/threads', { metadata })).body.thread_id;
    const [its, other] = [await thread({ assistant_id }), await thread({ assistant_id: UNKNOWN })];
    const statusOf = async (id: string) => (await call('GET', `/threads/${id}`)).status;
    await call('DELETE', `/assistants/${assistant_id}`);
    expect(await statusOf(its)).toBe(200);
    await create({ assistant_id });
    await call('DELETE', `/assistants/${assistant_id}?delete_threads=true`);
    expect([await statusOf(its), await statusOf(other)]).toEqual([404, 200]);
  });

  test('with a thread that is at work -> 409, and it is still there', async () => {
    const { create, call } = someone();
    const { assistant_id } = await create();
    const { body } = await call<{ thread_id: string }>('POST', '/threads', { metadata: { assistant_id } });
    await call('POST', `/threads/${body.thread_id}/runs`, { assistant_id, input: null });
    expect((await call('DELETE', `/assistants/${assistant_id}?delete_threads=true`)).status).toBe(409);
    expect((await call('GET', `/assistants/${assistant_id}`)).status).toBe(200);
  });
});

test('what is not there -> 404 by every route', async () => {
  const { call } = someone();
  for (const id of [UNKNOWN, 'nothing', '%00', 'a%2Fb', '..%2f..', 'x'.repeat(500)]) {
    for (const [method, below, body] of [
      ['GET', '', undefined],
      ['PATCH', '', {}],
      ['DELETE', '', undefined],
      ['POST', '/versions', {}],
      ['POST', '/latest', { version: 1 }],
    ] as const) {
      expect([id, method, (await call(method, `/assistants/${id}${below}`, body)).status]).toEqual([
        id,
        method,
        404,
      ]);
    }
  }
  expect((await call('GET', '/assistants/%zz')).status).toBe(400);
});

test("another user's assistant -> 404 by every route, no search finds it, and it stays as it was", async () => {
  const [ada, bob] = [someone(), someone()];
  const made = await ada.create({ name: 'private', metadata: { secret: 1 } });
  const id = made.assistant_id;
  for (const [method, below, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { name: 'taken' }],
    ['DELETE', '', undefined],
    ['DELETE', '?delete_threads=true', undefined],
    ['POST', '/versions', {}],
    ['POST', '/latest', { version: 1 }],
  ] as const) {
    expect((await bob.call(method, `/assistants/${id}${below}`, body)).status).toBe(404);
  }
  expect((await bob.call('POST', '/assistants/search', { metadata: { secret: 1 } })).body).toEqual([]);
  expect((await bob.call('POST', '/assistants/count', { name: 'private' })).body).toBe(0);
  // The same id is free for someone else, and is another assistant.
  await bob.create({ assistant_id: id, name: "bob's" });
  expect((await ada.call('GET', `/assistants/${id}`)).body).toEqual(made);
});
