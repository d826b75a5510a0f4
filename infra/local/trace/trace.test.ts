import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTrace, type TraceOptions, type TraceServer } from './server.ts';
import { client, span, traceId } from './testing.ts';

let folder: string;
let server: TraceServer;
let api: ReturnType<typeof client>;
const start = async (options: TraceOptions = {}) => {
  server = await startTrace(options);
  api = client(server.url);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-trace-'));
  await start();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('PatchTraces and GetTrace', () => {
  it('give back what was written, ordered by time, with nine digits and without the parent 0', async () => {
    const labels = { model: 'x', naïve: 'ü' };
    await api.patch(1, span('2', 500, { parentSpanId: '1', labels }), span('1', 0, { parentSpanId: '0' }));
    expect((await api.get(1)).body).toEqual({
      projectId: 'demo-test',
      traceId: traceId(1),
      spans: [
        {
          spanId: '1',
          kind: 'SPAN_KIND_UNSPECIFIED',
          name: 'span 1',
          startTime: '2026-01-31T12:00:00.000000000Z',
          endTime: '2026-01-31T12:00:01.000000000Z',
          labels: {},
        },
        {
          spanId: '2',
          parentSpanId: '1',
          kind: 'SPAN_KIND_UNSPECIFIED',
          name: 'span 2',
          startTime: '2026-01-31T12:00:00.500000000Z',
          endTime: '2026-01-31T12:00:01.500000000Z',
          labels,
        },
      ],
    });
  });

  it('a span that is written again takes the fields that are named, and keeps the others', async () => {
    await api.patch(1, span('1', 0, { labels: { a: '1', b: '1' } }));
    await api.patch(1, { spanId: '1', endTime: '2026-01-31T14:00:00.5+01:00', labels: { b: '2' } });
    const { spans } = (await api.get(1)).body as { spans: object[] };
    expect(spans).toMatchObject([
      {
        name: 'span 1',
        startTime: '2026-01-31T12:00:00.000000000Z',
        endTime: '2026-01-31T13:00:00.500000000Z',
        labels: { a: '1', b: '2' },
      },
    ]);
  });

  it('ids are read in any case and as numbers; ids of 64 bits stay whole', async () => {
    const big = '18446744073709551615';
    await api.call('PATCH', '', {
      traces: [{ traceId: traceId(10).toUpperCase(), spans: [span(big, 0), { ...span('7', 0), spanId: 7 }] }],
    });
    const { spans } = (await api.get(10)).body as { spans: { spanId: string }[] };
    expect(spans.map(({ spanId }) => spanId)).toEqual([big, '7']);
  });

  it('a trace that nobody wrote is 404, and so is one of another project', async () => {
    await api.patch(1, span('1', 0));
    expect(await api.get(2)).toMatchObject({ status: 404, body: { error: { status: 'NOT_FOUND' } } });
    const other = await fetch(`${server.url}/v1/projects/demo-other/traces/${traceId(1)}`);
    expect(other.status).toBe(404);
  });
});

describe('ListTraces', () => {
  beforeEach(async () => {
    await api.patch(1, span('1', 0, { name: 'POST /api/runs', labels: { '/run': 'abc' } }), {
      ...span('2', 100, { name: 'commit', parentSpanId: '1' }),
      endTime: '2026-01-31T12:00:09Z',
    });
    await api.patch(2, span('1', 60_000, { name: 'POST /api/runs' }));
    await api.patch(3, span('1', 120_000, { name: 'attempt 1' }));
  });

  it('newest first, page by page', async () => {
    expect(await api.ids('')).toEqual([3, 2, 1]);
    const { body } = await api.call('GET', '?pageSize=2');
    expect(body['traces']).toHaveLength(2);
    expect(await api.ids(`?pageSize=2&pageToken=${String(body['nextPageToken'])}`)).toEqual([1]);
    expect((await api.call('GET', '?pageSize=3')).body).not.toHaveProperty('nextPageToken');
  });

  it('those that began within a time', async () => {
    expect(await api.ids('?startTime=2026-01-31T12:01:00Z&endTime=2026-01-31T12:01:59Z')).toEqual([2]);
  });

  it.each([
    ['root:POST', [2, 1]],
    ['%2Broot:POST', []],
    ['%2Broot:attempt', []],
    ['span:commit', [1]],
    ['root:commit', []],
    ['latency:5s', [1]],
    ['root:POST latency:500ms', [2, 1]],
    ['/run:ab', [1]],
    ['%2B/run:ab', []],
    ['label:/run', [1]],
  ])('by %s', async (filter, expected) => {
    expect(await api.ids(`?filter=${filter}`)).toEqual(expected);
  });

  it('in another order', async () => {
    expect(await api.ids('?orderBy=start')).toEqual([1, 2, 3]);
    expect(await api.ids('?orderBy=duration desc&pageSize=1')).toEqual([1]);
  });

  it('with nothing, the roots or all of their spans', async () => {
    const one = async (view: string) =>
      (await api.call('GET', `?filter=label:/run&view=${view}`)).body['traces'];
    expect(await one('MINIMAL')).toEqual([{ projectId: 'demo-test', traceId: traceId(1) }]);
    expect(await one('ROOTSPAN')).toMatchObject([{ spans: [{ name: 'POST /api/runs' }] }]);
    expect(await one('COMPLETE')).toMatchObject([{ spans: [{}, { name: 'commit' }] }]);
  });
});

describe('what is kept', () => {
  it('is there after a restart', async () => {
    await server.close();
    const data = join(folder, 'trace.sqlite');
    await start({ data });
    await api.patch(1, span('1', 0));
    await server.close();
    await start({ data });
    expect((await api.get(1)).status).toBe(200);
  });

  it('outlives a process that is killed', async () => {
    const data = join(folder, 'killed.sqlite');
    const run = async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--data', data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      return { child, api: client(/http:\S+/.exec(line)?.[0] ?? '') };
    };
    const first = await run();
    await first.api.patch(1, span('1', 0));
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await run();
    expect((await second.api.get(1)).status).toBe(200);
    second.child.kill('SIGKILL');
  });

  it('goes after 30 days', async () => {
    await server.close();
    const data = join(folder, 'trace.sqlite');
    const day = 24 * 3_600_000;
    await start({ data, now: () => 0 });
    await api.patch(1, span('1', 0));
    await server.close();
    await start({ data, now: () => 2 * day });
    await api.patch(2, span('1', 0));
    await server.close();
    await start({ data, now: () => 31 * day });
    expect([(await api.get(1)).status, (await api.get(2)).status]).toEqual([404, 200]);
  });

  it('goes, oldest first, when there is too much of it', async () => {
    await server.close();
    let now = 0;
    await start({ maxBytes: 400_000, now: () => (now += 1) });
    const labels = { text: 'x'.repeat(16_000) };
    for (let n = 1; n <= 60; n += 1) await api.patch(n, span('1', n, { labels }));
    const left = await api.ids('');
    expect(left.length).toBeLessThan(30);
    expect(left[0]).toBe(60);
  });
});
