import { usagePath, type CreateRun, type NewEvent } from '@longrun/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import { INSTALLATION_LIMITS, userLimitsPath } from '../admin/paths.ts';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { testQuotas } from './testing.ts';
import type { Quotas } from './quotas.ts';

let now: number;
const clock: Clock = { now: () => now, after: (ms, run) => stopper(setTimeout(run, ms)) };
const stopper = (timer: NodeJS.Timeout) => () => clearTimeout(timer);
let documents: Documents;
let store: RunStore;
beforeEach(() => {
  now = Date.parse('2026-12-01T12:00:00.000Z');
  documents = memoryDocuments();
  store = new RunStore({ documents, clock, ttlMs: 1_000 });
});

const quotasWith = (limits: Parameters<typeof testQuotas>[1]) => testQuotas(documents, limits, { clock });
const create = (quotas: Quotas, body: Partial<CreateRun> = {}, uid = 'ada', anonymous = false) =>
  createRun(store, { uid, body: { assistant_id: 'a', ...body }, quotas: { quotas, anonymous } });
const append = (runId: string, ...events: NewEvent[]) => store.append('ada', runId, 'test', () => events);
const started = (): NewEvent => ({ type: 'attempt.started', at: now, attempt: 1, worker: 'test' });
const spent = (cost_usd?: number): NewEvent => ({
  type: 'usage',
  at: now,
  usage: { model: 'm', input_tokens: 1, output_tokens: 1, ...(cost_usd === undefined ? {} : { cost_usd }) },
});
const refused = (what: string, more: object = {}) => ({
  code: 'quota_exceeded',
  details: expect.objectContaining({ what, ...more }),
});
const usage = async (uid = 'ada', day = '2026-12-01') =>
  (await documents.get([usagePath(uid, day)]))[0]?.fields;

describe('runs at once', () => {
  test('at the limit -> refused; pending and running ones count', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 2 } });
    await append((await create(quotas)).run.run_id, started());
    await create(quotas);
    await expect(create(quotas)).rejects.toMatchObject(
      refused('runs_at_once', { limit: 2, used: 2, until: null }),
    );
  });

  test.each<[string, () => NewEvent[]]>([
    ['completed', () => [started(), { type: 'run.completed', at: now, output: 1 }]],
    ['failed', () => [started(), { type: 'run.failed', at: now, error: { code: 'c', message: 'm' } }]],
    ['cancelled', () => [{ type: 'run.cancelled', at: now }]],
    [
      'asks a person',
      () => [started(), { type: 'interrupt.opened', at: now, interrupts: [{ id: 'q', value: 1 }] }],
    ],
  ])('%s -> its place is free at once', async (_, events) => {
    const quotas = quotasWith({ user: { runs_at_once: 1 } });
    const { run } = await create(quotas);
    await expect(create(quotas)).rejects.toMatchObject(refused('runs_at_once'));
    await append(run.run_id, ...events());
    await create(quotas);
  });

  test('an answer takes its place again, and is never refused', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 1 } });
    const { run } = await create(quotas);
    await append(run.run_id, started(), {
      type: 'interrupt.opened',
      at: now,
      interrupts: [{ id: 'q', value: 1 }],
    });
    await create(quotas);
    await append(run.run_id, { type: 'interrupt.answered', at: now, answers: { q: 1 }, by: 'ada' });
    await expect(create(quotas)).rejects.toMatchObject(refused('runs_at_once', { used: 2 }));
  });

  test('one that waits on a thread counts; the same request again is the same run, at the limit too', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 2 } });
    await create(quotas, { thread_id: 't' });
    const second = await create(quotas, { run_id: 'r', thread_id: 't', multitask_strategy: 'enqueue' });
    expect(second.run.queued).toBe(true);
    await expect(create(quotas, { thread_id: 't', multitask_strategy: 'enqueue' })).rejects.toMatchObject(
      refused('runs_at_once'),
    );
    expect(
      await create(quotas, { run_id: 'r', thread_id: 't', multitask_strategy: 'enqueue' }),
    ).toMatchObject({
      created: false,
    });
  });

  test('a user without a name has less; what one takes does not count for another', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 2 }, anonymous: { runs_at_once: 1 } });
    await create(quotas, {}, 'eve', true);
    await expect(create(quotas, {}, 'eve', true)).rejects.toMatchObject(
      refused('runs_at_once', { limit: 1 }),
    );
    await create(quotas, {}, 'ada');
    await create(quotas, {}, 'ada');
  });

  test('all users together', async () => {
    const quotas = quotasWith({ total: { runs_at_once: 2 } });
    const { run } = await create(quotas, {}, 'ada');
    await create(quotas, {}, 'bob');
    await expect(create(quotas, {}, 'eve')).rejects.toMatchObject(refused('total_runs_at_once', { used: 2 }));
    await append(run.run_id, { type: 'run.cancelled', at: now });
    await create(quotas, {}, 'eve');
  });

  test('limit 0 -> nothing', async () => {
    await expect(create(quotasWith({ user: { runs_at_once: 0 } }))).rejects.toMatchObject(
      refused('runs_at_once'),
    );
  });
});

describe('a day', () => {
  const end = async (quotas: Quotas) =>
    append((await create(quotas)).run.run_id, { type: 'run.cancelled', at: now });

  test('runs of today: ended ones count, and those of tomorrow begin at 0', async () => {
    const quotas = quotasWith({ user: { runs_per_day: 2 } });
    await end(quotas);
    await end(quotas);
    await expect(create(quotas)).rejects.toMatchObject(
      refused('runs_per_day', { used: 2, until: '2026-12-02T00:00:00.000Z' }),
    );
    now += 12 * 3_600_000;
    await end(quotas);
    expect(await usage('ada', '2026-12-01')).toMatchObject({ runs: 2, day: '2026-12-01', owner: 'ada' });
    expect(await usage('ada', '2026-12-02')).toMatchObject({ runs: 1 });
  });

  test('a removed run was started all the same', async () => {
    const quotas = quotasWith({ user: { runs_per_day: 1 } });
    const { run } = await create(quotas);
    await append(run.run_id, { type: 'run.cancelled', at: now });
    await documents.commit([{ op: 'delete', path: `users/ada/runs/${run.run_id}` }]);
    await expect(create(quotas)).rejects.toMatchObject(refused('runs_per_day'));
  });

  test('dollars are charged with the entry that tells of them, once, on its day', async () => {
    const quotas = quotasWith({ user: { usd_per_day: 1 } });
    const { run } = await create(quotas);
    await append(run.run_id, started(), spent(0.25), spent(0.5), spent());
    expect(await usage()).toMatchObject({ cost_usd: 0.75, runs: 1 });
    await create(quotas);
    now += 13 * 3_600_000;
    await append(run.run_id, spent(0.125));
    expect(await usage('ada', '2026-12-02')).toMatchObject({ cost_usd: 0.125, day: '2026-12-02' });
    expect(await usage()).toMatchObject({ cost_usd: 0.75, runs: 2 });
  });

  test('more than allowed was spent -> new runs are refused, the one that runs goes on', async () => {
    const quotas = quotasWith({ user: { usd_per_day: 1 } });
    const { run } = await create(quotas);
    await append(run.run_id, started(), spent(3));
    await expect(create(quotas)).rejects.toMatchObject(refused('usd_per_day', { used: 3, limit: 1 }));
    expect((await append(run.run_id, spent(0.5))).run.status).toBe('running');
  });

  test('all users together: seen after seconds at the latest', async () => {
    const quotas = quotasWith({ total: { usd_per_day: 1 } });
    const { run } = await create(quotas);
    await append(run.run_id, started(), spent(2));
    now += 10_000;
    await expect(create(quotas, {}, 'bob')).rejects.toMatchObject(refused('total_usd_per_day', { used: 2 }));
  });

  test('calls without a known price cost no write', async () => {
    const { run } = await create(quotasWith({}));
    const before = await usage();
    await append(run.run_id, started(), spent(), spent(0));
    expect(await usage()).toEqual(before);
  });
});

describe('what administrators changed', () => {
  const change = (path: string, limits: object) =>
    documents.commit([{ op: 'set', path, fields: { limits: structuredClone(limits) as never } }]);

  test('for all: in force with the next run', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 5 } });
    await change(INSTALLATION_LIMITS, { user: { runs_at_once: 1 }, total: { runs_at_once: 2 } });
    await create(quotas);
    await expect(create(quotas)).rejects.toMatchObject(refused('runs_at_once', { limit: 1 }));
    await create(quotas, {}, 'bob');
    await expect(create(quotas, {}, 'eve')).rejects.toMatchObject(
      refused('total_runs_at_once', { limit: 2 }),
    );
  });

  test('for one user: before those of all', async () => {
    const quotas = quotasWith({ user: { runs_at_once: 1 } });
    await change(userLimitsPath('ada'), { runs_at_once: 2 });
    await create(quotas);
    await create(quotas);
    await expect(create(quotas)).rejects.toMatchObject(refused('runs_at_once', { limit: 2 }));
    await create(quotas, {}, 'bob');
    await expect(create(quotas, {}, 'bob')).rejects.toMatchObject(refused('runs_at_once', { limit: 1 }));
  });
});

test('an administrator creates without quotas', async () => {
  const quotas = quotasWith({ user: { runs_at_once: 1 } });
  await create(quotas);
  await createRun(store, { uid: 'ada', body: { assistant_id: 'a' } });
});
