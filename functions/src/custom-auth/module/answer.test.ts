import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';
import { describe, expect, test } from 'vitest';
import { answer } from './answer.ts';
import { handlersOf } from './handlers.ts';

const ENTRY = { exportName: 'auth' };
const BY = { identity: 'ada', permissions: ['p'], user: { identity: 'ada', permissions: ['p'] } };
const open = (auth: unknown) => handlersOf({ auth }, ENTRY);
const authenticating = async (
  authenticate: (request: Request) => unknown,
  headers: [string, string][] = [],
) =>
  await answer(open(new Auth().authenticate(authenticate as never)), {
    kind: 'authenticate',
    request: { method: 'POST', url: 'http://host/api/threads?a=1', headers },
  });
const authorizing = async (auth: Auth, event = 'threads:create', value = {}) => {
  const [resource = '', action = ''] = event.split(':');
  const handlers = open(auth.authenticate(() => 'ada'));
  return await answer(handlers, { kind: 'authorize', question: { resource, action, value, by: BY } });
};
const FAILED = { kind: 'failed' };

describe('authenticate', () => {
  test('sees the request but for its body, and whom it names is known with all that it says', async () => {
    const seen: unknown[] = [];
    const found = await authenticating(
      (request) => {
        seen.push(request.method, request.url, request.headers.get('cookie'), request.body);
        return { identity: 'ada', permissions: ['p', 1], org: 'acme', toJSON: undefined };
      },
      [['cookie', 'a=1']],
    );
    expect(seen).toEqual(['POST', 'http://host/api/threads?a=1', 'a=1', null]);
    const user = {
      identity: 'ada',
      permissions: ['p'],
      org: 'acme',
      is_authenticated: true,
      display_name: 'ada',
    };
    expect(found).toEqual({ kind: 'identity', by: { identity: 'ada', permissions: ['p'], user } });
  });

  test('may say no more than a name', async () => {
    expect(await authenticating(() => 'ada')).toMatchObject({
      by: { identity: 'ada', permissions: [], user: { display_name: 'ada' } },
    });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['no identity', {}],
    ['a number', { identity: 1 }],
    ['an empty name', ''],
    ['half a character', 'a\ud800'],
    ['too much of a name', 'x'.repeat(1_001)],
    ['too much of a user', { identity: 'ada', all: 'x'.repeat(20_000) }],
    ['what is no JSON', { identity: 'ada', n: 1n }],
  ])('that returns %s lets nobody in', async (_what, found) =>
    expect(await authenticating(() => found)).toEqual(FAILED),
  );

  test('refuses with an HTTPException, its message and its headers', async () => {
    const headers = { 'WWW-Authenticate': 'Custom', 'Content-Length': '1' };
    const refused = await authenticating(() => {
      throw new HTTPException(401, { message: 'Who?', headers });
    });
    expect(refused).toEqual({
      kind: 'refused',
      status: 401,
      message: 'Who?',
      headers: [['www-authenticate', 'Custom']],
    });
  });

  test.each([[200], [302], [399], [600], [Number.NaN]])(
    'an HTTPException with status %s is a failure',
    async (status) => {
      const refused = await authenticating(() => {
        throw new HTTPException(status);
      });
      expect(refused).toEqual(FAILED);
    },
  );
});

describe('a handler', () => {
  test('that is most specific is asked, and no other', async () => {
    const asked: string[] = [];
    const noting =
      (name: string) =>
      ({ event }: { event: string }) =>
        void asked.push(`${name} ${event}`);
    const auth = new Auth()
      .on('*', noting('*'))
      .on('*:create', noting('*:create'))
      .on('threads', noting('threads'))
      .on('threads:create', noting('threads:create'));
    const events = ['threads:create', 'threads:read', 'assistants:create', 'store:put'];
    for (const event of events) await authorizing(auth, event);
    expect(asked).toEqual([
      'threads:create threads:create',
      'threads threads:read',
      '*:create assistants:create',
      '* store:put',
    ]);
  });

  test('that is not there allows; one that returns false does not', async () => {
    const allowed = { kind: 'allowed', filters: null, value: { a: 1 } };
    expect(await authorizing(new Auth(), 'threads:read', { a: 1 })).toEqual(allowed);
    const denying = new Auth().on('threads', () => false);
    expect(await authorizing(denying)).toEqual({ kind: 'denied' });
  });

  test('changes the value, and filters', async () => {
    const auth = new Auth().on('threads:create', ({ value, user, permissions }) => {
      value.metadata = { owner: user.identity, permissions };
      return { owner: user.identity };
    });
    expect(await authorizing(auth)).toEqual({
      kind: 'allowed',
      filters: { owner: 'ada' },
      value: { metadata: { owner: 'ada', permissions: ['p'] } },
    });
  });

  test('that throws, or whose filter is none, lets nothing through', async () => {
    const throwing = new Auth().on('threads', () => {
      throw new Error('no database');
    });
    expect(await authorizing(throwing)).toEqual(FAILED);
    for (const result of [{ org: undefined }, 'ada', { org: { $in: ['a'] } }, { n: 1n }]) {
      expect(await authorizing(new Auth().on('threads', () => result as never))).toEqual(FAILED);
    }
  });
});

test('a module that could let anybody in for want of handlers is refused', () => {
  const without = new Auth().on('*', () => false);
  expect(() => open(without)).toThrow('no handler for authenticate');
  expect(() => open(undefined)).toThrow('no export "auth"');
  expect(() => open({})).toThrow('is no Auth of');
  expect(() => open({ '~handlerCache': { authenticate: 'x' } })).toThrow('no handler for authenticate');
});
