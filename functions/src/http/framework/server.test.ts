import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { LongrunError } from '@longrun/shared';
import { admitBeforeFramework } from './server.ts';
import { rawConnection, served, type Served } from './testing.ts';

const all: Served[] = [];
afterAll(() => all.forEach(({ close }) => close()));

const calls: string[] = [];
async function serve(): Promise<Served> {
  const one = await served((req, res) => {
    calls.push(req.path);
    res.json({ body: req.body as unknown, raw: String(req.rawBody) });
  });
  all.push(one);
  return one;
}
const admission = {
  maxBytes: 1_000,
  admit: async ({ headers }: IncomingMessage) => {
    if (headers.authorization !== 'Bearer good') throw new LongrunError('unauthenticated', 'Sign in.');
  },
};
const post = (url: string, body: string, token: string) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });

test('without a token: the framework calls the function -> 401, and it is not called', async () => {
  const before = await serve();
  expect((await post(`${before.url}/before`, '{}', 'bad')).status).toBe(200);
  expect(calls.splice(0)).toEqual(['/before']);

  admitBeforeFramework(admission, 60_000);
  const { url } = await serve();
  const refused = await post(`${url}/after`, '{}', 'bad');
  expect([refused.status, await refused.json()]).toMatchObject([401, { error: { code: 'unauthenticated' } }]);
  expect(calls.splice(0)).toEqual([]);
  const passed = await post(`${url}/after`, '{"a":1}', 'good');
  expect(await passed.json()).toEqual({ body: { a: 1 }, raw: '{"a":1}' });
  expect(calls.splice(0)).toEqual(['/after']);
});

test("another server of the process is not the framework's", async () => {
  admitBeforeFramework(admission, 60_000);
  const { server } = await serve();
  const other = createServer();
  expect([server.requestTimeout, other.requestTimeout]).toEqual([60_000, createServer().requestTimeout]);
});

test('a client that asks before it sends its body is told to go on only when admitted', async () => {
  admitBeforeFramework(admission, 60_000);
  const { url } = await serve();
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, expect: '100-continue', 'content-length': '2' };
    const asked = request(url, { method: 'POST', headers, agent: new Agent() });
    asked.on('error', () => undefined).flushHeaders();
    const told = await Promise.race([
      once(asked, 'continue').then(() => 'continue'),
      once(asked, 'response').then(() => 'response'),
    ]);
    asked.destroy();
    return told;
  };
  expect(await ask('good')).toBe('continue');
  expect(await ask('bad')).toBe('response');
});

test('only what the admission takes becomes another protocol; whatever else asks for it is answered as ever', async () => {
  admitBeforeFramework(
    {
      ...admission,
      upgrade: {
        takes: ({ url }) => url === '/socket',
        accept: (_req, socket) =>
          void socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: a\r\n\r\n'),
      },
    },
    60_000,
  );
  const { url } = await serve();
  calls.splice(0);
  const ask = async (path: string) => {
    const headers = { connection: 'upgrade', upgrade: 'a' };
    const asked = request(`${url}${path}`, { headers, agent: new Agent() }).end();
    const told = await Promise.race([
      once(asked, 'upgrade').then(() => 'upgrade'),
      once(asked, 'response').then(() => 'response'),
    ]);
    asked.destroy();
    return told;
  };
  expect(await ask('/socket')).toBe('upgrade');
  expect(calls).toEqual([]);
  expect(await ask('/other')).toBe('response');
  expect(calls.splice(0)).toEqual(['/other']);
});

test('a body that never comes whole: the framework waits without end -> the connection is cut', async () => {
  admitBeforeFramework(admission, 50);
  const { url } = await serve();
  const { socket, answer } = rawConnection(url);
  const head = ['POST /slow HTTP/1.1', 'host: a', 'authorization: Bearer good', 'content-type: text/plain'];
  socket.write(`${head.join('\r\n')}\r\ncontent-length: 100\r\n\r\nhello`);
  expect(await answer).toContain('408');
  expect(calls).not.toContain('/slow');
});
