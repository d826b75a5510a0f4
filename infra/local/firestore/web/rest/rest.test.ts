import { afterEach, describe, expect, it } from 'vitest';
import { StatusError } from '../../engine/status.ts';
import type { Caller, FirestoreApi } from '../../engine/types.ts';
import { fakeApi } from '../testing/fake-api.ts';
import { idToken, serve } from '../testing/serve.ts';
import type { Served } from '../testing/serve.ts';

const DATABASE = 'projects/p/databases/(default)';
const DOCUMENTS = `/v1/${DATABASE}/documents`;
const TIME = { seconds: '1767225600', nanos: 0 };

let served: Served;
let calls: { method: string; request: unknown; caller: Caller }[];

async function start(api: Partial<FirestoreApi> = {}, guarded = true): Promise<void> {
  calls = [];
  const note = (method: string) => async (request: unknown, caller: Caller) => {
    calls.push({ method, request, caller });
    return Promise.resolve({});
  };
  const document = (method: string) => async (request: unknown, caller: Caller) => {
    await note(method)(request, caller);
    return { name: 'x', updateTime: TIME };
  };
  served = await serve({
    guarded: () => guarded,
    api: fakeApi({
      getDocument: document('get'),
      createDocument: document('create'),
      updateDocument: document('update'),
      deleteDocument: note('delete'),
      rollback: note('rollback'),
      listDocuments: async (request, caller) => {
        await note('list')(request, caller);
        return { documents: [] };
      },
      listCollectionIds: async () => Promise.resolve({ collectionIds: ['a'] }),
      ...api,
    }),
  });
}
afterEach(() => served.close());

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${served.url}${path}`, init);
  return { status: response.status, body: await response.json() };
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}): ReturnType<typeof ask> =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers });

describe('documents', () => {
  it.each([
    [
      'GET',
      '/c/d?mask.fieldPaths=a&mask.fieldPaths=b',
      'get',
      { name: `${DATABASE}/documents/c/d`, mask: { fieldPaths: ['a', 'b'] } },
    ],
    ['GET', '/c/d%2Fe%3Af', 'get', { name: `${DATABASE}/documents/c/d/e:f` }],
    ['GET', '/c/a:b', 'get', { name: `${DATABASE}/documents/c/a:b` }],
    [
      'GET',
      '/c/d/e?pageSize=3&showMissing=true&key=k&alt=json',
      'list',
      { parent: `${DATABASE}/documents/c/d`, collectionId: 'e', pageSize: 3, showMissing: true },
    ],
    [
      'POST',
      '/c?documentId=true',
      'create',
      { parent: `${DATABASE}/documents`, collectionId: 'c', documentId: 'true', document: { fields: {} } },
    ],
    [
      'PATCH',
      '/c/d?updateMask.fieldPaths=a&currentDocument.exists=true',
      'update',
      {
        document: { name: `${DATABASE}/documents/c/d`, fields: {} },
        updateMask: { fieldPaths: ['a'] },
        currentDocument: { exists: true },
      },
    ],
    ['DELETE', '/c/d', 'delete', { name: `${DATABASE}/documents/c/d` }],
  ])('%s %s', async (method, path, called, request) => {
    await start();
    const body = method === 'POST' || method === 'PATCH' ? JSON.stringify({ fields: {} }) : undefined;
    const { status } = await ask(`${DOCUMENTS}${path}`, { method, ...(body !== undefined && { body }) });
    expect(status).toBe(200);
    expect(calls).toEqual([{ method: called, request, caller: { kind: 'anonymous' } }]);
  });

  it.each([
    ['PATCH', '/c'],
    ['DELETE', '/c/d/e'],
    ['PUT', '/c/d'],
    ['POST', '/c/d'],
    ['GET', ''],
  ])('%s %s is 404', async (method, path) => {
    await start();
    expect(await ask(`${DOCUMENTS}${path}`, { method })).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND' } },
    });
  });
});

describe('methods by name', () => {
  it('a unary call: the database of the URL, bytes and times as JSON has them', async () => {
    await start({
      commit: async (request, caller) => {
        calls.push({ method: 'commit', request, caller });
        return Promise.resolve({ writeResults: [{ updateTime: TIME }], commitTime: TIME });
      },
    });
    const answer = await post(`${DOCUMENTS}:commit`, { writes: [{ delete: 'x' }], transaction: 'AQI=' });
    expect(answer).toEqual({
      status: 200,
      body: { writeResults: [{ updateTime: '2026-01-01T00:00:00Z' }], commitTime: '2026-01-01T00:00:00Z' },
    });
    expect(calls[0]?.request).toEqual({
      database: DATABASE,
      writes: [{ delete: 'x' }],
      transaction: Uint8Array.of(1, 2),
    });
  });

  it('a stream arrives as one array', async () => {
    await start({
      async *batchGetDocuments({ documents = [] }) {
        yield* documents.map((missing) => ({ missing, readTime: TIME }));
      },
    });
    const answer = await post(`${DOCUMENTS}:batchGet`, { documents: ['a', 'b'] });
    expect(answer.body).toEqual(['a', 'b'].map((missing) => ({ missing, readTime: '2026-01-01T00:00:00Z' })));
  });

  it('a stream that fails at once has the status; later, the error is its last item', async () => {
    await start({
      async *runQuery({ parent }) {
        if (parent?.endsWith('/late')) yield { done: false };
        throw new StatusError('PERMISSION_DENIED', 'no');
      },
    });
    const error = { error: { code: 403, message: 'no', status: 'PERMISSION_DENIED' } };
    expect(await post(`${DOCUMENTS}:runQuery`, {})).toEqual({ status: 403, body: [error] });
    expect(await post(`${DOCUMENTS}/c/late:runQuery`, {})).toEqual({
      status: 200,
      body: [{ done: false }, error],
    });
  });

  it('an error has code, message and status', async () => {
    await start({ rollback: () => Promise.reject(new StatusError('ABORTED', 'too late')) });
    expect(await post(`${DOCUMENTS}:rollback`, {})).toEqual({
      status: 409,
      body: { error: { code: 409, message: 'too late', status: 'ABORTED' } },
    });
  });

  it('a defect is 500, and is reported', async () => {
    const defects: unknown[] = [];
    served = await serve({
      guarded: () => true,
      onDefect: (error) => defects.push(error),
      api: fakeApi({
        commit: () => Promise.reject(new TypeError('oops')),
        async *runQuery() {
          yield { done: false };
          throw new TypeError('oops');
        },
      }),
    });
    expect((await post(`${DOCUMENTS}:commit`, {})).status).toBe(500);
    await post(`${DOCUMENTS}:runQuery`, {});
    expect(defects).toEqual([expect.any(TypeError), expect.any(TypeError)]);
  });

  it.each(['executePipeline', 'listen', 'nonsense', 'constructor'])('%s is 501', async (method) => {
    await start();
    expect((await post(`${DOCUMENTS}:${method}`, {})).status).toBe(501);
  });

  it('what is reserved to administrators is refused to others, where rules are in force', async () => {
    await start();
    expect((await post(`${DOCUMENTS}:listCollectionIds`, {})).status).toBe(403);
    expect((await post(`${DOCUMENTS}:listCollectionIds`, {}, { authorization: 'Bearer owner' })).status).toBe(
      200,
    );
    served.close();
    await start({}, false);
    expect((await post(`${DOCUMENTS}:listCollectionIds`, {})).status).toBe(200);
  });
});

describe('who asks', () => {
  const callerOf = async (authorization?: string): Promise<unknown> => {
    const { status } = await ask(
      `${DOCUMENTS}/c/d`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    return status === 200 ? calls.pop()?.caller : status;
  };

  it('nobody, the owner, or a user by an unsigned token', async () => {
    await start();
    expect(await callerOf()).toEqual({ kind: 'anonymous' });
    expect(await callerOf('Bearer owner')).toEqual({ kind: 'admin' });
    expect(await callerOf(`Bearer ${idToken({ sub: 'ann', admin: true })}`)).toMatchObject({
      kind: 'user',
      uid: 'ann',
      claims: { admin: true },
    });
  });

  it.each([
    ['expired', `Bearer ${idToken({ sub: 'ann', exp: 1 })}`],
    ['without an end', `Bearer ${idToken({ sub: 'ann', exp: 'never' })}`],
    ['for another project', `Bearer ${idToken({ sub: 'ann', aud: 'q' })}`],
    ['of nobody', `Bearer ${idToken({})}`],
    ['garbage', 'Bearer x.y.z'],
    ['another scheme', 'Basic eDp5'],
  ])('a token %s is 401', async (_, authorization) => {
    await start();
    expect(await callerOf(authorization)).toBe(401);
  });
});

describe('the border', () => {
  it('a preflight is granted to any origin, private networks included', async () => {
    await start();
    const headers = {
      Origin: 'http://app.test',
      'Access-Control-Request-Headers': 'authorization,x-goog-api-client',
      'Access-Control-Request-Private-Network': 'true',
    };
    const response = await fetch(`${served.url}${DOCUMENTS}:commit`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://app.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,x-goog-api-client',
      'access-control-allow-private-network': 'true',
    });
  });

  it('errors carry CORS headers too', async () => {
    await start();
    const response = await fetch(`${served.url}${DOCUMENTS}:nonsense`, {
      method: 'POST',
      headers: { Origin: 'http://a.test' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('http://a.test');
  });

  it.each(['{', '[]', '"x"', '{"writes":{}}', '{"writes":[{"update":{"fields":1}}]}', '{"unknown":1}'])(
    'the body %s is 400',
    async (body) => {
      await start();
      expect(await ask(`${DOCUMENTS}:commit`, { method: 'POST', body })).toMatchObject({
        status: 400,
        body: { error: { status: 'INVALID_ARGUMENT' } },
      });
    },
  );

  it('a path that is badly encoded is 400; other paths belong to somebody else', async () => {
    await start();
    expect((await ask(`${DOCUMENTS}/c/%E0%A4%A`)).status).toBe(400);
    for (const path of ['/', '/v1/projects/p', '/v2/x', '//', `/v1/${DATABASE}`]) {
      expect(await (await fetch(`${served.url}${path}`)).text()).toBe('somebody else');
    }
  });
});
