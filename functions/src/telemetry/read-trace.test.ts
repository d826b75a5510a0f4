import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Run } from '@longrun/shared';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { parseConfig } from '../config/config.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { traceReader } from './read-trace.ts';
import { RUN_LABEL, runKey } from './span.ts';
import { collectedLogs } from './testing.ts';

const logs = collectedLogs();
let server: Server | undefined;
afterEach(() => server?.close());

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const configOf = (host: string) =>
  parseConfig({
    GOOGLE_CLOUD_PROJECT: 'demo-longrun',
    WORKER_URL: 'http://127.0.0.1:1',
    CLOUD_TRACE_EMULATOR_HOST: host,
  });

async function traced(): Promise<Run> {
  const run = await new Lab({ graph: null, documents: memoryDocuments() }).create();
  return { ...run, trace: { id: TRACE, since: 0, attempt_at: null } };
}

async function answering(status: number, body: string): Promise<{ host: string; paths: string[] }> {
  const paths: string[] = [];
  server = createServer((request, response) => {
    paths.push(String(request.url));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

describe('B3: reading a trace', () => {
  it('asks Cloud Trace for it by its API', async () => {
    const run = await traced();
    const span = {
      spanId: '7',
      name: 'attempt 1',
      startTime: '2026-01-31T12:00:00Z',
      endTime: '2026-01-31T12:00:01Z',
      labels: { [RUN_LABEL]: runKey(run.owner, run.run_id) },
    };
    const { host, paths } = await answering(200, JSON.stringify({ traceId: TRACE, spans: [span] }));
    expect(await traceReader(configOf(host))(run)).toMatchObject({
      run_id: run.run_id,
      trace_id: TRACE,
      spans: [{ span_id: '7', name: 'attempt 1' }],
    });
    expect(paths).toEqual([`/v1/projects/demo-longrun/traces/${TRACE}`]);
  });

  it('a run that was not traced has none, and nobody is asked', async () => {
    const { host, paths } = await answering(500, '{}');
    const run = { ...(await traced()), trace: null };
    expect(await traceReader(configOf(host))(run)).toEqual({ run_id: run.run_id, trace_id: null, spans: [] });
    expect(paths).toEqual([]);
  });

  it.each([
    ['is not there yet', 404, '{"error":{"message":"none"}}', 0],
    ['may not be read', 403, '{"error":{"message":"no"}}', 1],
    ['is no JSON', 200, 'oops', 1],
    ['is something else', 200, '{"spans":"none"}', 1],
  ])(
    'a trace that %s is shown without spans, and is an error for operators only',
    async (_, status, body, lines) => {
      const run = await traced();
      const { host } = await answering(status, body);
      expect(await traceReader(configOf(host))(run)).toEqual({
        run_id: run.run_id,
        trace_id: TRACE,
        spans: [],
      });
      expect(logs.lines().filter(({ severity }) => severity === 'ERROR')).toHaveLength(lines);
    },
  );

  it('so is one that nobody answers for', async () => {
    expect(await traceReader(configOf('127.0.0.1:1'))(await traced())).toMatchObject({
      trace_id: TRACE,
      spans: [],
    });
  });
});
