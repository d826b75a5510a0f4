import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrace, type TraceServer } from './server.ts';
import { client, span, traceId } from './testing.ts';

let server: TraceServer;
let api: ReturnType<typeof client>;
beforeAll(async () => {
  server = await startTrace();
  api = client(server.url);
});
afterAll(() => server.close());

const traces = (...list: unknown[]) => ({ traces: list });
const withSpan = (more: object) => traces({ traceId: traceId(1), spans: [{ ...span('1', 0), ...more }] });

describe('a request that is refused leaves nothing behind', () => {
  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a list', []],
    ['null', 'null'],
    ['no traces', {}],
    ['traces that are none', { traces: {} }],
    ['an unknown field', { traces: [], spans: [] }],
    ['too many traces', traces(...Array.from({ length: 1_001 }, () => ({ traceId: traceId(1), spans: [] })))],
    ['another project', traces({ projectId: 'other', traceId: traceId(1), spans: [] })],
    ['a short trace id', traces({ traceId: 'abc', spans: [] })],
    ['a trace id of zeros', traces({ traceId: '0'.repeat(32), spans: [] })],
    ['span id 0', withSpan({ spanId: '0' })],
    ['a span id of more than 64 bits', withSpan({ spanId: '18446744073709551616' })],
    ['a span id in hex', withSpan({ spanId: 'ab' })],
    ['a negative span id', withSpan({ spanId: -1 })],
    ['a broken time', withSpan({ startTime: 'yesterday' })],
    ['a time that is none', withSpan({ startTime: '2026-02-31T99:00:00Z' })],
    ['a time of year 10000', withSpan({ endTime: '9999-12-31T23:59:59-12:00' })],
    ['no end', withSpan({ endTime: undefined })],
    ['an unknown kind', withSpan({ kind: 'RPC' })],
    ['a long name', withSpan({ name: 'ü'.repeat(65) })],
    ['half a character', withSpan({ name: '\ud800' })],
    ['a label that is no text', withSpan({ labels: { a: 1 } })],
    ['a long label', withSpan({ labels: { a: 'x'.repeat(16_385) } })],
    [
      'too many labels',
      withSpan({ labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, ''])) }),
    ],
    ['a good span and a bad one', traces({ traceId: traceId(1), spans: [span('1', 0), span('0', 0)] })],
  ])('%s', async (_, body) => {
    expect(await api.call('PATCH', '', body)).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
    });
    expect((await api.get(1)).status).toBe(404);
  });

  it('more bytes than are allowed', async () => {
    const { status } = await api.call('PATCH', '', `"${'x'.repeat(10_000_001)}"`);
    expect(status).toBe(413);
  });

  it.each([
    '?pageSize=-1',
    '?pageSize=1001',
    '?pageToken=nonsense',
    '?startTime=now',
    '?view=ALL',
    '?orderBy=size',
    '?orderBy=constructor',
    '?filter=nocolon',
    '?filter=latency:fast',
    '?what=1',
    '/short',
    '/%zz',
  ])('GET %s', async (path) => {
    expect((await api.call('GET', path)).status).toBe(400);
  });
});

describe('whoever calls', () => {
  it('a method that is not supported is 501, a path that is not there 404', async () => {
    expect((await api.call('DELETE', `/${traceId(1)}`)).status).toBe(501);
    expect((await fetch(`${server.url}/v2/projects/demo-test/traces`)).status).toBe(404);
    expect((await fetch(`${server.url}/v1/projects/Demo!/traces`)).status).toBe(400);
  });

  it('a name that leads here from elsewhere is refused, and no page may read', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'evil.example' };
      request(`${server.url}/v1/projects/demo-test/traces`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const answer = await fetch(`${server.url}/v1/projects/demo-test/traces`, {
      headers: { origin: 'http://a.b' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('names of JavaScript are names like any other', async () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    await api.patch(5, span('1', 0, { labels }));
    const { spans } = (await api.get(5)).body as { spans: { labels: object }[] };
    expect(Object.entries(spans[0]?.labels ?? {})).toEqual(Object.entries(labels));
    expect(await api.ids('?filter=toString:')).toEqual([]);
  });

  it('random bytes get an answer, and the next caller too', async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const body = Array.from({ length: seed * 7 }, (_, i) =>
        String.fromCharCode((i * seed * 31) % 256),
      ).join('');
      expect((await api.call('PATCH', '', body)).status).toBe(400);
    }
    expect((await api.patch(6, span('1', 0))).status).toBe(200);
  });
});
