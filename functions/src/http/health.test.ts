import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { parseConfig } from '../config/config.ts';
import type { Documents } from '../ports/documents.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { healthReporter } from './health.ts';

const never = () => new Promise<never>(() => undefined);
const ENV = {
  GOOGLE_CLOUD_PROJECT: 'demo-longrun',
  WORKER_URL: 'http://127.0.0.1:1',
  LONGRUN_STORAGE: 'embedded',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-health-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function hall(
  parts: { documents?: Partial<Documents>; check?: () => Promise<void>; env?: Record<string, string> } = {},
) {
  const calls = { count: 0, get: 0, check: 0 };
  let now = Date.parse('2026-11-21T10:00:00Z');
  const memory = memoryDocuments();
  const documents: Documents = {
    ...memory,
    count: (query) => {
      calls.count += 1;
      return memory.count(query);
    },
    get: (paths) => {
      calls.get += 1;
      return memory.get(paths);
    },
    ...parts.documents,
  };
  const clock = { now: () => now, after: () => () => undefined };
  const store = new RunStore({ documents, clock, ttlMs: 1 });
  const health = healthReporter(
    {
      store,
      queue: {
        enqueue: async () => undefined,
        check: () => {
          calls.check += 1;
          return (parts.check ?? (async () => undefined))();
        },
      },
      config: parseConfig({ ...ENV, ...parts.env }),
      bootId: 'boot',
    },
    '1.2.3',
  );
  const start = () => createRun(store, { uid: 'ada', body: { assistant_id: 'a', input: 'secret words' } });
  return { health, start, calls, forward: (ms: number) => (now += ms) };
}

describe('C5: health', () => {
  test('service, version, storage, queue, model: all is well', async () => {
    expect(await hall().health()).toEqual({
      status: 'ok',
      service: 'longrun-api',
      version: '1.2.3',
      boot_id: 'boot',
      storage: { kind: 'embedded', state: 'ok' },
      queue: { state: 'ok', depth: 0 },
      last_backup: null,
      model: expect.any(String),
    });
  });

  test('the depth counts runs that wait, of all users, once in ten seconds whoever asks', async () => {
    const { health, start, calls, forward } = hall();
    await start();
    await start();
    const answers = await Promise.all([health(), health(), health()]);
    expect(answers.map(({ queue }) => queue.depth)).toEqual([2, 2, 2]);
    await start();
    expect((await health()).queue.depth).toBe(2);
    expect(calls.count).toBe(1);
    forward(10_000);
    expect((await health()).queue.depth).toBe(3);
    expect(calls.count).toBe(2);
  });

  test('the newest backup is told, whatever the order of the list', async () => {
    const at = (hour: number) => `2026-11-21T0${hour}:00:00.000Z`;
    const backups = [
      { name: 'b', at: at(6), bytes: 1, kind: 'scheduled' },
      { name: 'c', at: at(9), bytes: 1, kind: 'manual' },
      { name: 'a', at: at(3), bytes: 1, kind: 'shutdown' },
    ];
    await writeFile(join(folder, 'index.json'), JSON.stringify({ backups, next_at: at(9) }));
    const { health } = hall({ env: { LONGRUN_BACKUPS: folder } });
    expect((await health()).last_backup).toEqual({ at: at(9), kind: 'manual' });
  });

  test('no backup yet, or a list that cannot be read -> null, and no alarm for the service', async () => {
    const { health, forward } = hall({ env: { LONGRUN_BACKUPS: folder } });
    expect(await health()).toMatchObject({ status: 'ok', last_backup: null });
    forward(3_000);
    await writeFile(join(folder, 'index.json'), '{');
    expect(await health()).toMatchObject({ status: 'ok', last_backup: null });
  });

  test.each([
    ['the storage', { documents: { get: never } }, { storage: { state: 'unreachable' } }],
    ['the queue', { check: never }, { queue: { state: 'unreachable', depth: 0 } }],
    ['everything', { documents: { get: never, count: never }, check: never }, { queue: { depth: null } }],
  ])('%s never answers -> degraded, and health is answered all the same', async (_, parts, expected) => {
    const { health } = hall(parts);
    expect(await health()).toMatchObject({ status: 'degraded', ...expected });
  });

  test('however many ask, a part is asked once in three seconds, well or not', async () => {
    const ill = { check: () => Promise.reject(new Error('no')) };
    for (const parts of [{}, ill]) {
      const { health, calls, forward } = hall(parts);
      const answers = await Promise.all(Array.from({ length: 50 }, health));
      await health();
      expect(new Set(answers.map(({ status }) => status))).toEqual(
        new Set([parts === ill ? 'degraded' : 'ok']),
      );
      expect(calls).toEqual({ count: 1, get: 1, check: 1 });
      forward(3_000);
      await health();
      expect(calls).toEqual({ count: 1, get: 2, check: 2 });
      // Set back by an hour, the clock does not keep an old answer for an hour.
      forward(-3_600_000);
      await health();
      expect(calls).toMatchObject({ get: 3, check: 3 });
    }
  });

  test('a count that failed is asked again with the next report', async () => {
    let fails = true;
    const { health, forward } = hall({
      documents: { count: () => (fails ? Promise.reject(new Error('no')) : Promise.resolve(7)) },
    });
    expect((await health()).queue.depth).toBeNull();
    fails = false;
    forward(3_000);
    expect((await health()).queue.depth).toBe(7);
  });
});
