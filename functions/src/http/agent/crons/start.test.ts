import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { cronPath, runFromDoc, runsPath, threadPath, type Run } from '@longrun/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import { parseConfig } from '../../../config/config.ts';
import { systemClock } from '../../../ports/clock.ts';
import type { Documents } from '../../../ports/documents.ts';
import { Catalog } from '../../../project/catalog.ts';
import { readProject } from '../../../project/config.ts';
import { quotasFromConfig } from '../../../quotas/from-config.ts';
import { sweepCrons } from '../../../runtime/crons/sweep-crons.ts';
import { removeRun } from '../../../runtime/housekeeping/remove.ts';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { createAssistant } from '../assistants/change.ts';
import { removeAssistant } from '../assistants/remove.ts';
import type { StartServices } from '../runs/create.ts';
import { createCron, type CronServices, patchCron, removeCron } from './change.ts';
import { createCronSchema } from './schemas.ts';
import { startCron } from './start.ts';
import { requireCron } from './stored-cron.ts';

/** The minute's sweep, with real runs, on a clock that tests set. */

const graph = new StateGraph(
  Annotation.Root({ n: Annotation<number>, does: Annotation<string>, said: Annotation<unknown> }),
)
  .addNode('work', ({ does, n = 0 }) => (does === 'asks' ? { said: interrupt('ok?') } : { n: n + 1 }))
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

const user = { uid: UID, admin: false, anonymous: false };
let now: number;
let lab: Lab;
let services: StartServices & CronServices;

const open = async (documents: Documents, env: Record<string, string> = {}) => {
  const config = parseConfig({
    GOOGLE_CLOUD_PROJECT: 'demo-crons',
    WORKER_URL: 'http://127.0.0.1:1/',
    ...env,
  });
  const clock = { ...systemClock, now: () => now };
  lab = new Lab({ graph, documents, clock, ttlMs: 3_600_000 });
  const { store, queue } = lab;
  services = {
    config,
    store,
    queue,
    catalog: new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 }),
    quotas: quotasFromConfig(config, documents, clock),
  };
};
const at = (time: string) => void (now = Date.parse(`2026-11-30T${time}Z`));
beforeEach(async () => {
  at('10:30:00');
  await open(memoryDocuments());
});

const create = async (body: object = {}, threadId: string | null = null, whose = user) =>
  await createCron(
    services,
    whose,
    threadId,
    createCronSchema.parse({ assistant_id: 'research', schedule: '0 * * * *', input: { n: 1 }, ...body }),
  );
const sweep = () => sweepCrons(services.store, (cron, runId) => startCron(services, cron, runId));
const read = async (id: string, uid = UID) => (await requireCron(services, uid, id)).cron;
const runs = async (uid = UID): Promise<Run[]> =>
  (await lab.documents.query({ collection: runsPath(uid) })).map(({ fields }) => runFromDoc(fields));
const work = async () => {
  for (const run of await runs()) if (run.status === 'pending') await lab.work(run);
};

describe('a cron that is due', () => {
  test('starts a run, and moves on', async () => {
    const cron = await create({ metadata: { team: 'a' }, context: { lang: 'de' }, stream_mode: 'updates' });
    expect(await sweep()).toBe(0);
    at('11:00:00');
    expect(await sweep()).toBe(1);
    const [run, ...others] = await runs();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      owner: UID,
      assistant_id: 'research',
      input: { n: 1 },
      context: { lang: 'de' },
      metadata: { team: 'a', cron_id: cron.cron_id },
      stream: { modes: ['updates'] },
    });
    expect(lab.tasks).toHaveLength(1);
    expect(await read(cron.cron_id)).toMatchObject({
      next_run_at: '2026-11-30T12:00:00.000Z',
      last_run_id: run?.run_id,
      last_run_at: '2026-11-30T11:00:00.000Z',
      last_error: null,
      updated_at: cron.updated_at,
    });
    await work();
    expect((await runs())[0]?.status).toBe('completed');
  });

  test('starts one run, however many look at the same time and however often', async () => {
    const { cron_id } = await create();
    for (const time of ['11:00:30', '12:00:30', '13:00:30']) {
      at(time);
      await Promise.all([sweep(), sweep(), sweep(), sweep()]);
      await sweep();
    }
    expect(await runs()).toHaveLength(3);
    expect(await read(cron_id)).toMatchObject({ next_run_at: '2026-11-30T14:00:00.000Z', last_error: null });
  });

  test('starts one run when the sweep dies before it could note that, even if it was changed since', async () => {
    const documents = memoryDocuments();
    let dead = false;
    await open({
      ...documents,
      get: (paths) => documents.get(paths),
      query: (query) => documents.query(query),
      count: (query) => documents.count(query),
      sum: (query, field) => documents.sum(query, field),
      watch: (...given) => documents.watch(...given),
      watchQuery: (...given) => documents.watchQuery(...given),
      commit: async (writes) => {
        if (dead && writes.some(({ path }) => path.includes('/crons/'))) throw new Error('dead');
        await documents.commit(writes);
      },
    });
    const { cron_id } = await create();
    at('11:00:10');
    dead = true;
    expect(await sweep()).toBe(0);
    expect(await runs()).toHaveLength(1);
    dead = false;
    await patchCron(services, user, cron_id, { input: { n: 5 } });
    at('11:01:10');
    expect(await sweep()).toBe(1);
    expect(await runs()).toHaveLength(1);
    expect(await read(cron_id)).toMatchObject({
      last_run_id: (await runs())[0]?.run_id,
      next_run_at: '2026-11-30T12:00:00.000Z',
    });
  });

  test('makes up for all that was missed with one run', async () => {
    const { cron_id } = await create({ schedule: '*/5 * * * *' });
    at('17:03:00');
    expect([await sweep(), await sweep()]).toEqual([1, 0]);
    expect(await runs()).toHaveLength(1);
    expect((await read(cron_id)).next_run_at).toBe('2026-11-30T17:05:00.000Z');
  });

  test('ends with its end time', async () => {
    const { cron_id } = await create({ end_time: '2026-11-30T12:00:00Z' });
    for (const time of ['11:00:01', '12:00:01', '13:00:01', '14:00:01']) {
      at(time);
      await sweep();
    }
    expect(await runs()).toHaveLength(2);
    expect((await read(cron_id)).next_run_at).toBe(null);
  });

  test('starts nothing while it is disabled, and makes up for nothing of that', async () => {
    const { cron_id } = await create();
    await patchCron(services, user, cron_id, { enabled: false });
    at('12:30:00');
    await sweep();
    await patchCron(services, user, cron_id, { enabled: true });
    expect(await sweep()).toBe(0);
    at('13:00:00');
    expect(await sweep()).toBe(1);
    expect(await runs()).toHaveLength(1);
  });

  test('starts nothing when it was removed, and its runs stay', async () => {
    const { cron_id } = await create();
    at('11:00:00');
    await sweep();
    await removeCron(services, UID, cron_id);
    at('12:00:00');
    await sweep();
    expect(await runs()).toHaveLength(1);
  });

  test('does not start again what was removed', async () => {
    await create();
    at('11:00:00');
    await sweep();
    await work();
    for (const run of await runs()) await removeRun(lab.documents, run);
    await sweep();
    expect(await runs()).toEqual([]);
  });

  test('of hundreds, all are started in one sweep', async () => {
    for (let i = 0; i < 210; i += 1) await create({}, null, { ...user, uid: `user-${i % 70}` });
    at('11:00:00');
    expect(await sweep()).toBe(210);
  });
});

test('a webhook that was taken is one of each run, also where no secret is to sign it', async () => {
  await open(memoryDocuments(), { WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` });
  const { cron_id } = await create({ webhook: 'https://hooks.example.org/ended' });
  await open(lab.documents);
  at('11:00:00');
  expect(await sweep()).toBe(1);
  expect((await runs())[0]?.webhook).toBe('https://hooks.example.org/ended');
  expect((await read(cron_id)).last_error).toBe(null);
});

describe('threads', () => {
  test('are new for each run, and kept if that is wished', async () => {
    const crons = [await create(), await create({ on_run_completed: 'keep' })];
    at('11:00:00');
    await sweep();
    at('12:00:00');
    await sweep();
    const started = await runs();
    expect(new Set(started.map(({ thread_id }) => thread_id)).size).toBe(4);
    for (const run of started) {
      const [thread] = await lab.documents.get([threadPath(UID, run.thread_id)]);
      const isKept = Object(run.metadata).cron_id === crons[1]?.cron_id;
      expect(thread?.fields['kept']).toBe(isKept);
    }
  });

  test('go on with each run when the cron is of one', async () => {
    await lab.create({ thread_id: 'own' });
    await work();
    const { cron_id } = await create({}, 'own');
    for (const time of ['11:00:00', '12:00:00']) {
      at(time);
      expect(await sweep()).toBe(1);
      await work();
    }
    expect((await runs()).map(({ thread_id, status }) => [thread_id, status])).toEqual(
      Array.from({ length: 3 }, () => ['own', 'completed']),
    );
    expect((await read(cron_id)).last_error).toBe(null);
  });

  test('whose run asks are free: that run ends', async () => {
    const asking = await lab.create({ thread_id: 'own', input: { does: 'asks' } });
    await work();
    expect((await lab.read(asking)).status).toBe('interrupted');
    await create({ input: { does: 'adds' } }, 'own');
    at('11:00:00');
    await Promise.all([sweep(), sweep()]);
    await work();
    expect((await lab.read(asking)).status).toBe('cancelled');
    expect((await runs()).map(({ status }) => status).toSorted()).toEqual(['cancelled', 'completed']);
  });

  test.each([
    ['reject', { last_error: { code: 'thread_busy' }, last_run_id: null }, 1],
    ['enqueue', { last_error: null, last_run_id: expect.any(String) }, 2],
  ])('that are busy: %s', async (multitask_strategy, noted, count) => {
    await lab.create({ thread_id: 'busy' });
    const { cron_id } = await create({ multitask_strategy }, 'busy');
    at('11:00:00');
    await sweep();
    expect(await read(cron_id)).toMatchObject({ ...noted, next_run_at: '2026-11-30T12:00:00.000Z' });
    expect(await runs()).toHaveLength(count);
  });

  test('that are interrupted: the run that is there ends', async () => {
    const before = await lab.create({ thread_id: 'busy' });
    await create({ multitask_strategy: 'interrupt' }, 'busy');
    at('11:00:00');
    await sweep();
    await work();
    expect((await lab.read(before)).status).toBe('cancelled');
    expect((await runs()).map(({ status }) => status).toSorted()).toEqual(['cancelled', 'completed']);
  });
});

describe('what cannot be started is told, keeps no other waiting, and is tried at the next time:', () => {
  test('an assistant that is gone', async () => {
    const { assistant_id } = await createAssistant(services, UID, { graph_id: 'research' });
    const gone = await create({ assistant_id });
    const other = await create();
    await removeAssistant(services, UID, assistant_id, null);
    at('11:00:00');
    expect(await sweep()).toBe(1);
    expect(await read(gone.cron_id)).toMatchObject({
      last_error: {
        code: 'not_found',
        message: expect.stringContaining(assistant_id),
        at: '2026-11-30T11:00:00.000Z',
      },
      last_run_id: null,
      next_run_at: '2026-11-30T12:00:00.000Z',
    });
    expect((await read(other.cron_id)).last_error).toBe(null);
  });

  test('runs beyond the limit of a day', async () => {
    await open(memoryDocuments(), { QUOTA_RUNS_PER_DAY: '2' });
    const { cron_id } = await create();
    for (const time of ['11:00:00', '12:00:00', '13:00:00']) {
      at(time);
      await sweep();
      await work();
    }
    expect(await runs()).toHaveLength(2);
    expect(await read(cron_id)).toMatchObject({
      last_error: { code: 'quota_exceeded' },
      last_run_at: '2026-11-30T12:00:00.000Z',
      next_run_at: '2026-11-30T14:00:00.000Z',
    });
    now += 24 * 3_600_000;
    expect(await sweep()).toBe(1);
    expect((await read(cron_id)).last_error).toBe(null);
  });

  test('what fails for a while is tried again, for ten minutes', async () => {
    const { cron_id } = await create();
    const other = await create();
    const failing = () =>
      sweepCrons(services.store, async (cron, runId) => {
        if (cron.cron_id === cron_id) throw new Error('secret');
        await startCron(services, cron, runId);
      });
    at('11:00:00');
    expect(await failing()).toBe(1);
    expect(await read(cron_id)).toMatchObject({
      last_error: { code: 'internal', message: 'The run could not be started.' },
      next_run_at: '2026-11-30T11:00:00.000Z',
    });
    at('11:05:00');
    expect(await sweep()).toBe(1);
    expect((await read(cron_id)).last_error).toBe(null);
    at('12:10:00');
    expect(await failing()).toBe(1);
    expect((await read(cron_id)).next_run_at).toBe('2026-11-30T13:00:00.000Z');
    expect((await read(other.cron_id)).last_error).toBe(null);
  });

  test('a document that is no cron', async () => {
    const { cron_id } = await create();
    const path = cronPath(UID, 'broken');
    const fields = { next_run_at: '2026-11-30T10:00:00.000Z' };
    await lab.documents.commit([{ op: 'create', path, fields }]);
    at('11:00:00');
    expect(await sweep()).toBe(1);
    expect((await read(cron_id)).last_run_id).not.toBe(null);
  });
});
