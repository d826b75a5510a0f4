import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { listen } from '../net/listen.ts';
import { ask, startSite } from './test-support.ts';
import type { Site } from './test-support.ts';
import { PATIENCE_MS } from '../../../test/support/patience.ts';
import { eventually } from '../testing/eventually.ts';

const sites: Site[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});

async function start(api: RequestListener, options: Parameters<typeof startSite>[1] = {}): Promise<Site> {
  const site = await startSite(api, options);
  sites.push(site);
  return site;
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method, url, headers, length: Buffer.concat(chunks).length }));
  });
};
const json = (body: Buffer): Record<string, unknown> =>
  JSON.parse(body.toString()) as Record<string, unknown>;

describe('a request is passed on', () => {
  test('method, path with query, body and headers as they are; forwarding headers added; hop-by-hop headers removed', async () => {
    const site = await start(echo);
    const headers = {
      'x-mine': 'yes',
      host: 'example.localhost',
      connection: 'keep-alive, x-hop',
      'x-hop': 'secret',
      te: 'trailers',
      'x-forwarded-for': '10.0.0.1',
    };
    const { body } = await ask(site, '/api/a%2Fb?c=%20d', { method: 'PATCH', headers, body: 'hello' });
    const got = json(body);
    expect(got).toMatchObject({ method: 'PATCH', url: '/api/a%2Fb?c=%20d', length: 5 });
    expect(got['headers']).toMatchObject({
      'x-mine': 'yes',
      host: 'example.localhost',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'example.localhost',
      'content-length': '5',
    });
    expect(got['headers']).not.toHaveProperty('x-hop');
    expect(got['headers']).not.toHaveProperty('te');
  });

  test('a key, and the body of a DELETE', async () => {
    const site = await start(echo);
    const headers = { 'x-api-key': 'lr_key', 'content-type': 'application/json' };
    const body = '{"namespace":["a"],"key":"k"}';
    for (const framing of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
      const options = { method: 'DELETE', headers: { ...headers, ...framing }, body };
      const answer = await ask(site, '/api/store/items', options);
      expect(json(answer.body)).toMatchObject({ method: 'DELETE', length: body.length, headers });
    }
  });

  test('a body without a length is streamed through', async () => {
    const site = await start(echo);
    const { body } = await ask(site, '/api', {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'hello',
    });
    expect(json(body)).toMatchObject({ length: 5 });
  });

  test("status, headers and cookies come back; the API's own headers win over the edge's", async () => {
    const site = await start((_, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.setHeader('Referrer-Policy', 'no-referrer');
      response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"error":{"code":"forbidden"}}');
    });
    const { status, headers, body } = await ask(site, '/api/x');
    expect([status, json(body)]).toEqual([403, { error: { code: 'forbidden' } }]);
    expect(headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('x-cache');
  });

  test('connections to the API are used again, and one that it closed meanwhile is replaced', async () => {
    const sockets = new Set<unknown>();
    let last: IncomingMessage | undefined;
    const site = await start((request, response) => {
      sockets.add(request.socket);
      last = request;
      response.end();
    });
    for (let i = 0; i < 5; i += 1) expect((await ask(site, '/api')).status).toBe(200);
    expect(sockets.size).toBe(1);
    last?.socket.destroy();
    expect((await ask(site, '/api')).status).toBe(200);
  });

  test('an API that answers without reading the body -> the same connection serves the next requests', async () => {
    const site = await start((request, response) => {
      if (request.method !== 'POST') return void response.end('next');
      response.writeHead(413, { connection: 'close', 'content-length': 2 }).write('no');
      setTimeout(() => request.socket.destroy(), 2_000).unref();
    });
    // So large that it does not come at once, so small that fetch has sent it all and uses the connection again.
    const refused = await fetch(`${site.url}/api`, { method: 'POST', body: 'x'.repeat(1_100_000) });
    expect([refused.status, await refused.text()]).toEqual([413, 'no']);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (let i = 0; i < 3; i += 1) {
      expect(await (await fetch(`${site.url}/api`, { signal })).text()).toBe('next');
    }
  });
});

describe('pages of other origins', () => {
  const headers = {
    origin: 'http://localhost:3000',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, x-api-key',
  };

  test("a preflight reaches the API, whose answer comes back as it is; those of this machine's pages only", async () => {
    const site = await start((request, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader(
        'Access-Control-Allow-Headers',
        request.headers['access-control-request-headers'] ?? '',
      );
      response.writeHead(204).end();
    });
    expect(await ask(site, '/api/threads/t/runs/stream', { method: 'OPTIONS', headers })).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'content-type, x-api-key',
      },
    });
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect((await ask(site, '/api/threads', { method: 'OPTIONS', headers: foreign })).status).toBe(403);
  });

  test('what clients of LangChain read comes through, also of errors and streams', async () => {
    const site = await start((request, response) => {
      response.setHeader('Access-Control-Expose-Headers', 'content-location, location');
      response.setHeader('Content-Location', '/threads/t/runs/r');
      response.setHeader('Location', '/threads/t/runs/r/stream');
      if (request.url === '/api/stream') response.setHeader('Content-Type', 'text/event-stream');
      response.writeHead(request.url === '/api/stream' ? 200 : 409).end();
    });
    for (const [path, status] of [
      ['/api/stream', 200],
      ['/api/busy', 409],
    ] as const) {
      expect(await ask(site, path, { headers: { origin: headers.origin } })).toMatchObject({
        status,
        headers: {
          'access-control-expose-headers': 'content-location, location',
          'content-location': '/threads/t/runs/r',
          location: '/threads/t/runs/r/stream',
        },
      });
    }
  });
});

describe('A4: event streams', () => {
  const events: RequestListener = (_, response) =>
    void response.writeHead(200, { 'Content-Type': 'text/event-stream' });

  test('each event arrives before the next one is sent', async () => {
    let stream: ServerResponse | undefined;
    const site = await start((request, response) => {
      events(request, response);
      response.flushHeaders();
      stream = response;
    });
    const answer = await fetch(`${site.url}/api/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream'); // the head came alone
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const id of ['1', '2', '3']) {
      stream?.write(`data: ${id}\n\n`);
      expect((await reader?.read())?.value).toBe(`data: ${id}\n\n`);
    }
    stream?.end();
    expect((await reader?.read())?.done).toBe(true);
  });

  test('a comment by which the API shows that it is there arrives as it is', async () => {
    let stream: ServerResponse | undefined;
    const site = await start((request, response) => {
      events(request, response);
      response.flushHeaders();
      stream = response;
    });
    const answer = await fetch(`${site.url}/api/events`);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    stream?.write(': heartbeat\n');
    expect((await reader?.read())?.value).toBe(': heartbeat\n');
    await reader?.cancel();
  });

  test('the client goes away -> the API hears of it', async () => {
    let closed = false;
    const site = await start((request, response) => {
      events(request, response);
      response.write('data: 1\n\n');
      response.once('close', () => (closed = true));
    });
    const abort = new AbortController();
    await fetch(`${site.url}/api/events`, { signal: abort.signal });
    abort.abort();
    await eventually(() => expect(closed).toBe(true));
  });

  test('the API dies in the middle of an answer -> the client sees that it was cut', async () => {
    const site = await start((request, response) => {
      events(request, response);
      response.write('data: 1\n\n', () => response.destroy());
    });
    const answer = await fetch(`${site.url}/api/events`);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('when the API does not answer', () => {
  test('down -> 502 in JSON', async () => {
    const probe = createServer();
    const port = await listen(probe, '127.0.0.1', 0);
    await new Promise((resolve) => probe.close(resolve));
    const site = await start(echo, { api: `http://127.0.0.1:${port}` });
    for (const options of [{}, { method: 'POST', body: 'x'.repeat(100_000) }]) {
      const { status, body } = await ask(site, '/api/x', options);
      expect([status, json(body)]).toMatchObject([502, { error: { code: 'api_unavailable' } }]);
    }
  });

  test('silent -> 504 in JSON', async () => {
    const site = await start(() => undefined, { apiTimeoutMs: 100 });
    const { status, body } = await ask(site, '/api/x');
    expect([status, json(body)]).toMatchObject([504, { error: { code: 'api_timeout' } }]);
  });

  test('an answer that began in time may take its time', async () => {
    let end = () => {};
    const site = await start(
      (_, response) => {
        response.write('a');
        end = () => response.end('b');
      },
      { apiTimeoutMs: 100 },
    );
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answer = await fetch(`${site.url}/api/x`);
      vi.advanceTimersByTime(1_000);
      end();
      expect(await answer.text()).toBe('ab');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a body above 32 MB -> 413', () => {
  test('announced', async () => {
    const site = await start(echo);
    const headers = { 'content-length': 33 * 1024 * 1024 };
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        { port: site.port, path: '/api', method: 'POST', headers, agent: false },
        (response) => {
          resolve(response.resume().statusCode);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(413);
  });

  test('found out on the way', async () => {
    const site = await start(echo);
    const chunk = Buffer.alloc(1024 * 1024);
    const status = await new Promise((resolve) => {
      const request = httpRequest(
        { port: site.port, path: '/api', method: 'POST', agent: false },
        (response) => {
          resolve(response.resume().statusCode);
          request.destroy();
        },
      );
      request.on('error', () => undefined); // the edge stops listening while we still send
      const more = (): void => {
        if (!request.destroyed) request.write(chunk, () => setImmediate(more));
      };
      more();
    });
    expect(status).toBe(413);
  });
});

test('close: an open stream is cut off, nothing keeps the server alive', async () => {
  const site = await startSite((_, response) => void response.writeHead(200).write('x'));
  const answer = await fetch(`${site.url}/api/events`);
  await site.close();
  await expect(answer.text()).rejects.toThrow();
});
