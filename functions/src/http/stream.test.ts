import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import express from 'express';
import type { Run } from '@longrun/shared';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../../infra/local/net/listen.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { rawConnection } from './framework/testing.ts';
import { Readers } from './readers.ts';
import { streamRun } from './stream.ts';

const State = Annotation.Root({ text: Annotation<string>, n: Annotation<number> });
/** Each step's event has a third of a megabyte. */
const STEPS = 40;
const graph = new StateGraph(State)
  .addNode('grow', ({ n = 0 }) => ({ n: n + 1, text: 'x'.repeat(330_000) }))
  .addEdge(START, 'grow')
  .addConditionalEdges('grow', ({ n }) => (n < STEPS ? 'grow' : END))
  .compile();

const MAX_HELD = 4_000_000;
let lab: Lab;
let run: Run;
let readers: Readers;
let server: Server;
let url = '';

beforeAll(async () => {
  lab = new Lab({ graph });
  run = await lab.work(await lab.create({ config: { recursion_limit: 100 } }));
}, 120_000);
beforeEach(async () => {
  readers = new Readers(MAX_HELD);
  const app = express();
  const open = new AbortController();
  app.get('/stream', (req, res) => streamRun(lab.documents, run, req, res, open.signal, readers));
  app.get('/health', (_req, res) => void res.json({ status: 'ok' }));
  server = createServer(app);
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Ids of the events that came until the stream ended or was cut. */
async function read(after: number): Promise<number[]> {
  const answer = await fetch(`${url}/stream`, { headers: { 'last-event-id': String(after) } });
  let text = '';
  try {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
  } catch {
    // Cut off; what came before counts, but for the event in the middle of which it was.
    text = text.slice(0, text.lastIndexOf('\n\n') + 2);
  }
  return [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
}
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('readers of a stream', () => {
  test('one that reads has every event once, in order, however large the log is', async () => {
    expect(await read(0)).toEqual(upTo(run.head.seq));
    expect(await read(run.head.seq - 3)).toEqual(upTo(run.head.seq).slice(-3));
  });

  test('many that never read -> they hold no more than is allowed, others are served', async () => {
    const all: Socket[] = [];
    for (let i = 0; i < 40; i += 1) {
      const { socket } = rawConnection(url);
      socket.pause();
      socket.write(`GET /stream HTTP/1.1\r\nhost: a\r\n\r\n`);
      all.push(socket);
    }
    // Whoever reads meanwhile gets all of it, if in several goes.
    const seen: number[] = [];
    while (seen.at(-1) !== run.head.seq) {
      seen.push(...(await read(seen.at(-1) ?? 0)));
      expect(readers.held).toBeLessThanOrEqual(MAX_HELD);
    }
    expect(seen).toEqual(upTo(run.head.seq));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    for (const socket of all) socket.destroy();
  });
});

describe('whom they cut off', () => {
  test('those who lag most, until the rest fits', async () => {
    const lagging = new Readers(100_000);
    const made: { res: { destroyed: boolean }; reader: ReturnType<Readers['add']> }[] = [];
    const holder = createServer((_req, res) => {
      made.push({ res, reader: lagging.add(res) });
    });
    const at = `http://127.0.0.1:${await listen(holder, '127.0.0.1', 0)}`;
    for (const bytes of [50_000, 20_000, 40_000]) {
      const { socket } = rawConnection(at);
      const requested = once(holder, 'request');
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await requested;
      const last = made.at(-1);
      if (last === undefined) throw new Error('No request came.');
      last.reader.held = bytes;
      lagging.check(last.reader);
    }
    expect(made.map(({ res }) => res.destroyed)).toEqual([true, false, false]);
    expect(lagging.held).toBe(60_000);
    holder.closeAllConnections();
    holder.close();
  });
});
