import { readFile } from 'node:fs/promises';
import { RUNS, runPath, runToDoc, type Run } from '@longrun/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../adapters/firestore/testing.ts';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import type { DocumentQuery, Documents, Fields } from '../ports/documents.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { Metrics } from './metrics.ts';
import { QueueView } from './queue.ts';
import { Samples } from './samples.ts';
import { handClock } from './testing.ts';

const indexes = new URL('../../../infra/firestore/firestore.indexes.json', import.meta.url);
// With the indexes that production has: a query that needs another one fails here too.
const firestore = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
afterAll(firestore.close);

const clock = handClock();
const now = clock.now();
const iso = (ms: number) => new Date(now + ms).toISOString();
const template = await new Lab({ graph: {} }).create();

function runOf(id: string, part: Partial<Run>): Run {
  return { ...template, run_id: id, owner: 'ada', assistant_id: 'research', ...part };
}
const ended = (id: string, at: number, part: Partial<Run> = {}) =>
  runOf(id, {
    status: 'completed',
    created_at: iso(at - 10_000),
    started_at: iso(at - 8_000),
    finished_at: iso(at),
    ...part,
  });
async function put(documents: Documents, ...runs: Run[]): Promise<void> {
  for (let at = 0; at < runs.length; at += 400) {
    await documents.commit(
      runs.slice(at, at + 400).map((run) => ({
        op: 'set' as const,
        path: runPath(run.owner, run.run_id),
        fields: runToDoc(run) as Fields,
      })),
    );
  }
}
/** Counts the documents that queries answered with. */
function counting(documents: Documents): { documents: Documents; read: () => number } {
  let read = 0;
  return {
    read: () => read,
    documents: {
      ...documents,
      async query(query: DocumentQuery) {
        const found = await documents.query(query);
        if (query.collection === RUNS) read += found.length;
        return found;
      },
    },
  };
}
const HOUR = 3_600_000;

describe('D7: metrics', () => {
  test('exact counts, figures and series of what ended in the time, by the indexes of production', async () => {
    await put(
      firestore.documents,
      ended('a', -1_000),
      ended('b', -2 * HOUR, { status: 'failed', owner: 'bob' }),
      ended('c', -3 * HOUR, { status: 'cancelled', started_at: null }),
      ended('old', -25 * HOUR),
      runOf('going', { status: 'running', created_at: iso(-5_000), started_at: iso(-4_000) }),
    );
    const metrics = await new Metrics(firestore.documents, clock).of(24);
    expect(metrics).toMatchObject({
      since: iso(-24 * HOUR),
      until: iso(0),
      completed: 1,
      failed: 1,
      cancelled: 1,
      success_rate: 0.5,
      sampled: 3,
      processing: { count: 2, p50_ms: 8_000 },
      queue_wait: { count: 2, p50_ms: 2_000 },
    });
    expect(metrics.series).toHaveLength(24);
    expect(metrics.series.at(-1)).toMatchObject({ completed: 1 });
    expect(metrics.series.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  });

  test('asked again at once -> nothing is read; half a minute later only what is new', async () => {
    const clock = handClock(now);
    const { documents, read } = counting(memoryDocuments());
    await put(documents, ...Array.from({ length: 50 }, (_, i) => ended(`r${i}`, -HOUR - i)));
    const metrics = new Metrics(documents, clock);
    expect((await metrics.of(24)).sampled).toBe(50);
    await metrics.of(24);
    expect(read()).toBe(50);
    await put(documents, ended('new', 10_000));
    clock.pass(31_000);
    expect(await metrics.of(24)).toMatchObject({ sampled: 51, completed: 51 });
    expect(read()).toBe(51);
  });

  test('more than are sampled: counts stay exact, also in each part', async () => {
    const documents = memoryDocuments();
    const runs = Array.from({ length: 1_200 }, (_, i) => ended(`r${i}`, -1 - i * 60_000));
    await put(documents, ...runs);
    const metrics = await new Metrics(documents, clock).of(24);
    expect(metrics).toMatchObject({ sampled: 1_000, completed: 1_200 });
    expect(metrics.series.reduce((sum, { completed }) => sum + completed, 0)).toBe(1_200);
    expect(metrics.series.at(-1)?.completed).toBe(60);
  });
});

describe('samples', () => {
  test('a longer time after a shorter one, and back: each is right', async () => {
    const documents = memoryDocuments();
    await put(documents, ended('a', -1_000), ended('b', -2 * HOUR), ended('c', -30 * HOUR));
    const samples = new Samples(documents);
    const ids = async (hours: number) =>
      (await samples.newest({ from: now - hours * HOUR, to: now })).map(({ run_id }) => run_id);
    expect(await ids(1)).toEqual(['a']);
    expect(await ids(24)).toEqual(['a', 'b']);
    expect(await ids(720)).toEqual(['a', 'b', 'c']);
    expect(await ids(1)).toEqual(['a']);
  });

  test('one that ended a moment ago and is stored only now is not missed', async () => {
    const documents = memoryDocuments();
    const samples = new Samples(documents);
    await samples.newest({ from: now - HOUR, to: now });
    await put(documents, ended('late', -30_000));
    const found = await samples.newest({ from: now - HOUR, to: now + 1_000 });
    expect(found.map(({ run_id }) => run_id)).toEqual(['late']);
  });

  test('after an error the next one asks again', async () => {
    const documents = memoryDocuments();
    let fails = true;
    const samples = new Samples({
      ...documents,
      query: (query) => (fails ? Promise.reject(new Error('no answer')) : documents.query(query)),
    });
    await expect(samples.newest({ from: 0, to: now })).rejects.toThrow('no answer');
    fails = false;
    expect(await samples.newest({ from: 0, to: now })).toEqual([]);
  });
});

describe('what has not ended', () => {
  test('counts, ages, the newest first, and the processes that hold runs; by the indexes of production', async () => {
    const { documents } = firestore;
    const at = (id: string, status: Run['status'], ms: number, part: Partial<Run> = {}) =>
      runOf(id, { status, created_at: iso(ms), updated_at: iso(ms), nodes: [], owner: 'queue', ...part });
    await put(
      documents,
      at('waits', 'pending', -90_000),
      at('waits-longer', 'pending', -300_000, { updated_at: iso(-120_000) }),
      at('in-turn', 'pending', -500_000, { queued: true }),
      at('later', 'pending', -600_000, { retry_at: iso(60_000) }),
      at('one', 'running', -20_000, { head: { entry: 3, seq: 9 } }),
      at('two', 'running', -10_000, {
        head: { entry: 1, seq: 2 },
        nodes: [
          { task: 't', node: 'search', ns: [], started_at: iso(-5_000) },
          { task: 'u', node: 'search', ns: [], started_at: iso(-5_000) },
        ],
      }),
      at('asks', 'interrupted', -1_000),
    );
    await documents.commit(
      [
        ['one', 3],
        ['two', 1],
      ].map(([id, n]) => ({
        op: 'set' as const,
        path: `users/queue/runs/${id}/log/${String(n).padStart(10, '0')}`,
        fields: { writer: 'worker-a:1', n: Number(n) },
      })),
    );
    const seen = await new QueueView(documents).look(now, 5);
    expect(seen.queue).toEqual({ waiting: 3, running: 3, interrupted: 1, oldest_waiting_s: 120 });
    expect(seen.active.map(({ run_id }) => run_id)).toEqual(['asks', 'going', 'two', 'one', 'waits']);
    expect(seen.active[2]?.nodes).toEqual(['search']);
    expect(seen.workers).toBe(1);
  });

  test('nothing at all', async () => {
    expect(await new QueueView(memoryDocuments()).look(now, 5)).toEqual({
      queue: { waiting: 0, running: 0, interrupted: 0, oldest_waiting_s: null },
      active: [],
      workers: 0,
    });
  });
});
