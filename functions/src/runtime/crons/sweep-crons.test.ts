import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cronPath } from '@longrun/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { systemClock } from '../../ports/clock.ts';
import { RunStore } from '../runs/run-store.ts';
import { cronFields, readCron, type Cron } from './cron.ts';
import { nextTime } from './schedule.ts';
import { sweepCrons } from './sweep-crons.ts';

const indexes = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);
// With the indexes that production has: a query that needs another one fails here too.
const firestore = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
afterAll(firestore.close);

const cronOf = (uid: string, now: number, given: Partial<Cron> = {}): Cron => {
  const at = new Date(now).toISOString();
  const cron: Cron = {
    cron_id: randomUUID(),
    owner: uid,
    anonymous: false,
    assistant_id: 'research',
    thread_id: null,
    schedule: '0 * * * *',
    timezone: null,
    enabled: true,
    end_time: null,
    on_run_completed: 'delete',
    next_run_at: null,
    payload: { input: { text: 'x'.repeat(2_000) } },
    metadata: {},
    created_at: at,
    updated_at: at,
    last_run_id: null,
    last_run_at: null,
    last_error: null,
    ...given,
  };
  return { ...cron, next_run_at: nextTime(cron, now) };
};

describe.each([
  ['in memory', () => memoryDocuments()],
  ['in Firestore', () => firestore.documents],
])('%s', (_, open) => {
  const documents = open();
  let now = Date.parse('2026-11-30T10:30:00Z');
  const store = new RunStore({ documents, clock: { ...systemClock, now: () => now }, ttlMs: 1_000 });
  const add = async (crons: Cron[]) =>
    await documents.commit(
      crons.map((cron) => ({
        op: 'create',
        path: cronPath(cron.owner, cron.cron_id),
        fields: cronFields(cron),
      })),
    );

  test('more than are read at once are all started, by two at the same time, but for those that fail', async () => {
    const crons = Array.from({ length: 230 }, (_item, i) => cronOf(`user-${i % 20}`, now));
    const failing = crons.slice(0, 3).map(({ cron_id }) => cron_id);
    await add([...crons, cronOf('later', now, { schedule: '30 12 * * *' })]);
    now = Date.parse('2026-11-30T11:00:00Z');
    const started = new Map<string, string>();
    const start = async (cron: Cron, runId: string) => {
      if (failing.includes(cron.cron_id)) throw new Error('no');
      // Whoever comes second finds the run.
      expect(started.get(cron.cron_id) ?? runId).toBe(runId);
      started.set(cron.cron_id, runId);
    };
    await Promise.all([sweepCrons(store, start), sweepCrons(store, start)]);
    expect(started.size).toBe(227);
    expect(await sweepCrons(store, start)).toBe(0);
    for (const cron of crons) {
      const [doc] = await documents.get([cronPath(cron.owner, cron.cron_id)]);
      const isFailing = failing.includes(cron.cron_id);
      expect(doc && readCron(doc)).toEqual({
        ...cron,
        next_run_at: isFailing ? '2026-11-30T11:00:00.000Z' : '2026-11-30T12:00:00.000Z',
        last_run_id: started.get(cron.cron_id) ?? null,
        last_run_at: isFailing ? null : '2026-11-30T11:00:00.000Z',
        last_error: isFailing ? expect.objectContaining({ code: 'internal' }) : null,
      });
      await documents.commit([{ op: 'delete', path: cronPath(cron.owner, cron.cron_id) }]);
    }
  });

  test.each(['2026-03-28T12:00:00Z', '2026-10-24T12:00:00Z'])(
    'from %s, clocks in Berlin change: each night has one run, each hour too',
    async (from) => {
      now = Date.parse(from);
      const nightly = cronOf('berlin', now, { schedule: '30 2 * * *', timezone: 'Europe/Berlin' });
      const hourly = cronOf('berlin', now, { timezone: 'Europe/Berlin' });
      await add([nightly, hourly]);
      const started: string[] = [];
      const runs = new Set<string>();
      for (let i = 0; i < 48 * 4; i += 1) {
        now += 15 * 60_000;
        await sweepCrons(store, async ({ cron_id }, runId) => {
          started.push(cron_id);
          runs.add(runId);
        });
      }
      const count = (id: string) => started.filter((each) => each === id).length;
      expect([count(nightly.cron_id), count(hourly.cron_id)]).toEqual([2, 48]);
      expect(runs.size).toBe(started.filter((id) => [nightly.cron_id, hourly.cron_id].includes(id)).length);
      await documents.commit(
        [nightly, hourly].map(({ owner, cron_id }) => ({ op: 'delete', path: cronPath(owner, cron_id) })),
      );
    },
  );
});
