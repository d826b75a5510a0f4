import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startEdge } from './server.ts';
import { SCRIPT, ask, startSite } from './test-support.ts';
import type { Site } from './test-support.ts';
import { eventually } from '../testing/eventually.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite((_, response) => void response.end());
});
afterAll(() => site.close());

const PATHS = ['/assets/a.js', '/assets/sub/b.js'];
const INVALIDATE = '/compute/v1/projects/p/global/urlMaps/web/invalidateCache';
const cached = async (): Promise<unknown[]> =>
  Promise.all(PATHS.map(async (path) => (await ask(site, path)).headers['x-cache']));

beforeEach(async () => {
  for (const path of PATHS) site.write(path, SCRIPT);
  await cached();
});

const purge = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  ask(site, INVALIDATE, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const parse = (body: Buffer): Record<string, unknown> =>
  JSON.parse(body.toString()) as Record<string, unknown>;

describe('B5: a purge', () => {
  test.each([
    ['/assets/a.js', ['miss', 'hit']],
    ['/assets/sub/*', ['hit', 'miss']],
    ['/*', ['miss', 'miss']],
    ['/assets', ['hit', 'hit']],
  ])('of %s -> an operation that becomes DONE, and then the entries are gone: %j', async (path, expected) => {
    const { status, body } = await purge({ path });
    const operation = parse(body);
    expect([status, operation]).toMatchObject([
      200,
      { kind: 'compute#operation', operationType: 'invalidateCache', status: 'RUNNING', progress: 0 },
    ]);
    const link = new URL(String(operation['selfLink'])).pathname;
    expect(link).toBe(`/compute/v1/projects/p/global/operations/${String(operation['name'])}`);
    await eventually(async () =>
      expect(parse((await ask(site, link)).body)).toMatchObject({
        status: 'DONE',
        progress: 100,
        endTime: expect.any(String),
      }),
    );
    expect(await cached()).toEqual(expected);
  });

  test.each([
    ['no path', {}],
    ['a relative path', { path: 'assets' }],
    ['a star in the middle', { path: '/a/*/b' }],
    ['a star after a name', { path: '/assets*' }],
    ['a query', { path: '/a?b' }],
    ['a path that is no text', { path: 1 }],
    ['no object', 'null'],
    ['no JSON', '{'],
  ])('with %s -> 400 as Google words it', async (_, body) => {
    const answer = await purge(body);
    expect([answer.status, parse(answer.body)]).toMatchObject([
      400,
      { error: { code: 400, errors: [{ reason: 'invalid' }] } },
    ]);
    expect(await cached()).toEqual(['hit', 'hit']);
  });

  test('another type, method or size, an unknown operation -> refused', async () => {
    expect((await purge({ path: '/*' }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask(site, INVALIDATE)).status).toBe(405);
    expect((await purge({ path: `/${'a'.repeat(70_000)}` })).status).toBe(413);
    expect((await ask(site, '/compute/v1/projects/p/global/operations/none')).status).toBe(404);
    expect(await cached()).toEqual(['hit', 'hit']);
  });
});

test('operations outlive the server in a file; one that was under way is done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-operations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const data = join(folder, 'edge.sqlite');
  const first = await startEdge({
    dir: folder,
    api: 'http://127.0.0.1:1',
    init: {},
    host: '127.0.0.1',
    data,
  });
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"path":"/*"}',
  };
  const asked: unknown = await (await fetch(`${first.url}${INVALIDATE}`, request)).json();
  expect(asked).toMatchObject({ status: 'RUNNING' });
  const { name } = asked as { name: string };
  await first.close();
  const second = await startEdge({
    dir: folder,
    api: 'http://127.0.0.1:1',
    init: {},
    host: '127.0.0.1',
    data,
  });
  onTestFinished(() => second.close());
  const link = `${second.url}/compute/v1/projects/p/global/operations/${name}`;
  expect(await (await fetch(link)).json()).toMatchObject({ name, status: 'DONE', progress: 100 });
});
