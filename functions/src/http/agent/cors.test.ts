import { createServer, type Server } from 'node:http';
import { LongrunError } from '@longrun/shared';
import { afterEach, describe, expect, test } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { admitted } from '../admission.ts';
import { corsRules, type CorsRules } from './cors.ts';

const ORIGIN = 'https://chat.example.org';
const PREFLIGHT = {
  origin: ORIGIN,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type, x-api-key, x-auth-scheme, last-event-id, prefer',
};

let server: Server;
afterEach(() => server.close());

/** Admits nobody who sends a body. */
async function serve(cors: CorsRules | null) {
  const admit = () => Promise.reject(new LongrunError('unauthenticated', 'Sign in.'));
  server = createServer(
    admitted(
      (req, res) => {
        if (req.url === '/stream') res.writeHead(200, { 'content-type': 'text/event-stream' }).end();
        else res.writeHead(404).end();
      },
      { maxBytes: 1_000, admit, cors },
    ),
  );
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  return async (method: string, path: string, headers: Record<string, string>, body?: string) => {
    const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers) };
  };
}

const development = corsRules({ NODE_ENV: 'development', CORS_ALLOW_ORIGINS: undefined });

describe('pages of elsewhere', () => {
  test('a preflight is answered without a credential, for what the page asks to send', async () => {
    const { status, headers } = await (await serve(development))('OPTIONS', '/api/threads/t', PREFLIGHT);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': PREFLIGHT['access-control-request-headers'],
    });
    expect(headers).not.toHaveProperty('access-control-allow-private-network');
  });

  test('a server of their own machine is theirs to call, if they ask', async () => {
    const ask = await serve(development);
    const { headers } = await ask('OPTIONS', '/', {
      ...PREFLIGHT,
      'access-control-request-private-network': 'true',
    });
    expect(headers['access-control-allow-private-network']).toBe('true');
  });

  test.each([
    ['a stream', 'GET', '/stream', undefined, 200],
    ['an error of a route', 'GET', '/nothing', undefined, 404],
    ['one whose body is not read', 'POST', '/stream', '{}', 401],
    ['one whose body is too large', 'POST', '/stream', 'x'.repeat(2_000), 413],
  ])('%s can be read, with the headers that clients look for', async (_, method, path, body, expected) => {
    const ask = await serve(development);
    const { status, headers } = await ask(method, path, { origin: ORIGIN }, body);
    expect(status).toBe(expected);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['content-location', 'location', 'x-pagination-total', 'x-pagination-next']),
    );
  });

  test('in production none may call, unless they are named', async () => {
    expect(corsRules({ NODE_ENV: 'production', CORS_ALLOW_ORIGINS: undefined })).toBeNull();
    const ask = await serve(corsRules({ NODE_ENV: 'production', CORS_ALLOW_ORIGINS: [ORIGIN] }));
    expect((await ask('GET', '/stream', { origin: ORIGIN })).headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      vary: 'Origin',
    });
    const foreign = await ask('OPTIONS', '/stream', { ...PREFLIGHT, origin: 'https://evil.example' });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
    expect(foreign.headers['vary']).toBe('Origin');
  });

  test('without an origin nothing is said', async () => {
    const { headers } = await (await serve(development))('GET', '/stream', {});
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test("a project's langgraph.json says more", async () => {
    const project = {
      allow_origin_regex: '^https://[a-z]+\\.example\\.org$',
      allow_credentials: true,
      expose_headers: ['X-Mine'],
      max_age: 60,
    };
    const production = { NODE_ENV: 'production', CORS_ALLOW_ORIGINS: undefined };
    const ask = await serve(corsRules(production, { ...project, allow_origins: [] }));
    expect((await ask('OPTIONS', '/', PREFLIGHT)).headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
    });
    const { headers } = await ask('GET', '/stream', { origin: ORIGIN });
    expect(headers['access-control-expose-headers']).toContain('x-mine');
    const foreign = await ask('GET', '/stream', { origin: 'https://example.com' });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('the environment decides before the project', () => {
    const rules = corsRules(
      { NODE_ENV: 'production', CORS_ALLOW_ORIGINS: [ORIGIN] },
      { allow_origin_regex: '.*', allow_origins: ['*'] },
    );
    expect(['https://other.example', ORIGIN].map((origin) => rules?.allows(origin))).toEqual([false, true]);
  });
});
