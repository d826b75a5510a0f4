import { rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGE, SCRIPT, ask, startSite } from './test-support.ts';
import type { Site } from './test-support.ts';
import { eventually } from '../testing/eventually.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite(
    (_, response) => void response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"api":1}'),
  );
});
afterAll(() => site.close());

const ASSET = '/assets/index-1a2b.js';

describe('B2: routes', () => {
  test.each(['/', '/index.html', '/runs/42', '/a/b/c?d=/assets/x.js', '/missing.png'])(
    '%s -> the page, 200',
    async (path) => {
      const { status, headers, body } = await ask(site, path);
      expect([status, headers['content-type'], body.toString()]).toEqual([
        200,
        'text/html; charset=utf-8',
        PAGE,
      ]);
    },
  );

  test.each(['/assets/none.js', '/assets/', '/assets/index-1a2b.js/'])(
    '%s -> a real 404, not cacheable',
    async (path) => {
      const { status, headers } = await ask(site, path);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        404,
        'application/json',
        'no-store',
      ]);
    },
  );

  test("the API's 404 stays the API's JSON", async () => {
    const { status, body } = await ask(site, '/api/none');
    expect([status, body.toString()]).toEqual([404, '{"api":1}']);
  });

  test('the configuration', async () => {
    const { status, headers, body } = await ask(site, '/__/firebase/init.json');
    expect([status, JSON.parse(body.toString())]).toEqual([200, { projectId: 'p' }]);
    expect(headers['cache-control']).toBe('no-cache');
  });

  test('health', async () => {
    const { body } = await ask(site, '/_/health');
    expect(JSON.parse(body.toString())).toEqual({ status: 'ok', boot_id: expect.any(String) });
  });

  test('HEAD -> the headers alone; other methods -> 405', async () => {
    const head = await ask(site, ASSET, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
      200,
      String(SCRIPT.length),
      0,
    ]);
    const post = await ask(site, '/', { method: 'POST', body: 'x' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('localhost reaches it by either IP family', async () => {
    expect((await fetch(`${site.url}/_/health`)).status).toBe(200);
    expect(site.url).toBe(`http://localhost:${site.port}`);
  });
});

describe('B1: headers', () => {
  test('assets are immutable for a year, the page is asked for anew', async () => {
    expect((await ask(site, ASSET)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await ask(site, '/runs/1')).headers['cache-control']).toBe('no-cache');
  });

  test('every static answer carries the security headers, errors too', async () => {
    for (const path of ['/', ASSET, '/assets/none.js', '/__/firebase/init.json']) {
      const { headers } = await ask(site, path);
      expect(headers['content-security-policy']).toMatch(/script-src 'self';/);
      expect(headers['content-security-policy']).toMatch(/connect-src 'self' http:\/\/localhost:\* /);
      expect(headers['strict-transport-security']).toMatch(/max-age=31536000/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

describe('B1: compression', () => {
  test.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['br;q=0.2, gzip', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
    ['*;q=0.5, br;q=0', 'gzip', gunzipSync],
    ['gzip;q=0.5', 'gzip', gunzipSync],
    ['GZIP', 'gzip', gunzipSync],
  ])('accept-encoding "%s" -> %s', async (accept, encoding, decode) => {
    const { headers, body } = await ask(site, ASSET, { headers: { 'accept-encoding': accept } });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' });
    expect(body.length).toBeLessThan(SCRIPT.length / 4);
    expect(decode(body).toString()).toBe(SCRIPT);
  });

  test.each(['', 'identity', 'br;q=0, gzip;q=0', 'nonsense;q=x', 'gzip;q=0.5, identity', '*;q=0'])(
    'accept-encoding "%s" -> as it is',
    async (accept) => {
      const { headers, body } = await ask(site, ASSET, { headers: { 'accept-encoding': accept } });
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'Accept-Encoding']);
      expect(body.toString()).toBe(SCRIPT);
    },
  );

  test('what is tiny is not compressed', async () => {
    const { headers } = await ask(site, '/icon.svg', { headers: { 'accept-encoding': 'br' } });
    expect(headers).not.toHaveProperty('content-encoding');
  });
});

describe('conditional requests', () => {
  test('the same tag -> 304 without a body; another coding has another tag', async () => {
    const br = { 'accept-encoding': 'br' };
    const { headers } = await ask(site, ASSET, { headers: br });
    const again = await ask(site, ASSET, { headers: { ...br, 'if-none-match': `"x", W/${headers.etag}` } });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    const plain = await ask(site, ASSET, { headers: { 'if-none-match': headers.etag } });
    expect(plain.status).toBe(200);
    expect(plain.headers.etag).not.toBe(headers.etag);
  });
});

describe('the cache', () => {
  test('first miss, then hit with an age, per coding', async () => {
    const path = '/assets/cached-1.js';
    site.write(path, SCRIPT);
    const look = async (accept: string) =>
      (await ask(site, path, { headers: { 'accept-encoding': accept } })).headers;
    expect((await look('br'))['x-cache']).toBe('miss');
    expect((await look('gzip'))['x-cache']).toBe('miss');
    expect(await look('br')).toMatchObject({ 'x-cache': 'hit', age: '0' });
    await eventually(async () => expect(Number((await look('br')).age)).toBeGreaterThan(0));
  });

  test('a fresh entry outlives its file, as in a CDN; the page is read anew as soon as it changes', async () => {
    const path = '/assets/cached-2.js';
    site.write(path, SCRIPT);
    await ask(site, path);
    rmSync(join(site.dir, path));
    expect((await ask(site, path)).status).toBe(200);
    site.write('index.html', `${PAGE}changed`);
    expect((await ask(site, '/')).body.toString()).toBe(`${PAGE}changed`);
    expect((await ask(site, '/')).headers['x-cache']).toBe('miss');
    site.write('index.html', PAGE);
  });

  test('full -> the least recently used goes', async () => {
    const small = await startSite((_, response) => void response.end(), { cacheBytes: 2_500 });
    for (const name of ['a', 'b', 'c']) small.write(`assets/${name}.js`, name.repeat(1_000));
    const hit = async (name: string) => (await ask(small, `/assets/${name}.js`)).headers['x-cache'];
    expect([await hit('a'), await hit('b'), await hit('a')]).toEqual(['miss', 'miss', 'hit']);
    expect(await hit('c')).toBe('miss'); // b has to go
    expect([await hit('a'), await hit('b')]).toEqual(['hit', 'miss']);
    await small.close();
  });
});

describe('hostile requests', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/%',
    '/%c0%ae',
    'http://127.0.0.1/x',
  ])('%s -> 400', async (path) => {
    expect((await ask(site, path)).status).toBe(400);
  });

  test.each([
    '//secret.txt',
    '/.vite/manifest.json',
    '/assets/.vite',
    '/C:/secret.txt',
    `/${'x'.repeat(4_000)}`,
    '/link.txt',
  ])('%s -> nothing but the page or a 404', async (path) => {
    rmSync(join(site.dir, 'link.txt'), { force: true });
    symlinkSync('../secret.txt', join(site.dir, 'link.txt'));
    const { body } = await ask(site, path);
    expect(body.toString()).not.toContain('secret');
    expect(body.toString()).not.toBe('{}');
  });

  test('garbage on the socket ends that connection, and no other', async () => {
    for (const bytes of [
      '\0\x01\x02\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
    ]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(site.port, '127.0.0.1', () => socket.end(bytes));
        socket
          .resume()
          .once('close', () => resolve())
          .once('error', reject);
      });
    }
    expect((await ask(site, '/_/health')).status).toBe(200);
  });

  test('a page that was never built -> 503 that says so', async () => {
    const empty = await startSite((_, response) => void response.end());
    rmSync(join(empty.dir, 'index.html'));
    const { status, body } = await ask(empty, '/');
    expect([status, body.toString()]).toEqual([503, expect.stringContaining('build the page')]);
    await empty.close();
  });
});
