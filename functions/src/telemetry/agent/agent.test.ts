import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrace, type TraceServer } from '../../../../infra/local/trace/server.ts';
import type { Exporter } from '../recorder.ts';
import type { Span } from '../span.ts';
import { startAgent } from './agent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const NOON = Date.UTC(2026, 0, 31, 12);
let server: TraceServer;
let send: Exporter;

beforeAll(async () => {
  server = await startTrace();
  // The agent can be started once in a process.
  send = startAgent({ project: 'demo-test', service: 'api', endpoint: `127.0.0.1:${server.port}` });
});
afterAll(() => server.close());

const span = (id: string, more: Partial<Span> = {}): Span => ({
  id,
  parent: null,
  kind: 'other',
  name: `span ${id}`,
  start: NOON,
  end: NOON + 1,
  labels: {},
  ...more,
});

async function stored(trace: string) {
  const answer = await fetch(`${server.url}/v1/projects/demo-test/traces/${trace}`);
  return (await answer.json()) as { spans: Record<string, unknown>[] };
}

describe('B3: the unmodified trace-agent', () => {
  it('sends what it is given, with the ids, times and places in the tree that it is given, before it resolves', async () => {
    await send(
      new Map([
        [
          TRACE,
          [
            span('3', {
              parent: '2',
              start: NOON + 0.125,
              end: NOON + 0.5,
              kind: 'model',
              labels: { tokens: '7' },
            }),
            span('1', { kind: 'api' }),
            span('2', { parent: '1', end: NOON + 2.0625 }),
          ],
        ],
      ]),
    );
    const { spans } = await stored(TRACE);
    expect(spans).toMatchObject([
      {
        spanId: '1',
        name: 'span 1',
        startTime: '2026-01-31T12:00:00.000000000Z',
        endTime: '2026-01-31T12:00:00.001000000Z',
        labels: { '/longrun/kind': 'api' },
      },
      { spanId: '2', parentSpanId: '1', endTime: '2026-01-31T12:00:00.002062000Z' },
      {
        spanId: '3',
        parentSpanId: '2',
        startTime: '2026-01-31T12:00:00.000125000Z',
        labels: { tokens: '7', '/longrun/kind': 'model' },
      },
    ]);
    expect(spans[0]).not.toHaveProperty('parentSpanId');
  });

  it('several traces at once, long names cut, and an end before its start mended', async () => {
    const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
    await send(
      new Map([
        [a, [span('1', { name: 'ü'.repeat(500), labels: { long: 'x'.repeat(50_000) } })]],
        [b, [span('1', { start: NOON + 5, end: NOON })]],
      ]),
    );
    expect(String((await stored(a)).spans[0]?.['name']).length).toBeLessThan(128);
    const [{ startTime, endTime } = {}] = (await stored(b)).spans;
    expect(startTime).toBe(endTime);
  });

  it('nothing to send is no request, and a server that refuses is an error of whoever sends', async () => {
    await send(new Map());
    await expect(send(new Map([['no trace id', [span('1')]]]))).rejects.toThrow();
    await send(new Map([[TRACE, [span('9')]]]));
    expect((await stored(TRACE)).spans.map(({ spanId }) => spanId)).toContain('9');
  });
});
