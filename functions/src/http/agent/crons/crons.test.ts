import { Client } from '@langchain/langgraph-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import { Lab } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';
import { MAX_CRONS } from './change.ts';
import type { CronObject } from './cron-object.ts';

/** LangGraph's own client, unchanged. */

const HOURLY = '0 * * * *';
let now = Date.parse('2026-11-30T10:30:00Z');
let lab: Lab;
let api: ApiServer;
let client: Client;
let uid = 'ada';
beforeAll(async () => {
  lab = new Lab({
    graph: null,
    clock: { now: () => now, after: (_, callback) => (setImmediate(callback), () => {}) },
  });
  api = await serveApi(lab, { authenticate: async () => ({ uid, admin: false, anonymous: false }) });
  client = new Client({ apiUrl: `${api.url}/api`, apiKey: null, callerOptions: { maxRetries: 0 } });
});
afterAll(() => api.close());

const create = (body: object = {}, path = '/runs/crons') =>
  api.call<CronObject & { error?: { code: string; message: string } }>('POST', path, {
    assistant_id: 'research',
    schedule: HOURLY,
    ...body,
  });
const read = async (id: string) => (await api.call<CronObject>('GET', `/runs/crons/${id}`)).body;

describe('a cron', () => {
  test('is what was asked for', async () => {
    const cron = await client.crons.create('research', {
      schedule: '0 9 * * 1-5',
      timezone: 'Europe/Berlin',
      input: { messages: [] },
      metadata: { team: 'a' },
      config: { configurable: { depth: 2 } },
      interruptBefore: ['work'],
      streamMode: ['updates'],
      endTime: '2027-01-31T12:00:00+01:00',
      onRunCompleted: 'keep',
    });
    const id = defaultAssistantId('research');
    expect(cron).toEqual({
      cron_id: expect.any(String),
      assistant_id: id,
      thread_id: null,
      schedule: '0 9 * * 1-5',
      timezone: 'Europe/Berlin',
      enabled: true,
      end_time: '2027-01-31T11:00:00.000Z',
      next_run_date: '2026-12-01T08:00:00.000Z',
      on_run_completed: 'keep',
      payload: {
        assistant_id: id,
        input: { messages: [] },
        config: { configurable: { depth: 2 } },
        interrupt_before: ['work'],
        stream_mode: ['updates'],
      },
      metadata: { team: 'a' },
      user_id: 'ada',
      created_at: '2026-11-30T10:30:00.000Z',
      updated_at: '2026-11-30T10:30:00.000Z',
      longrun: { last_run_id: null, last_run_at: null, last_error: null },
    });
    expect(await read(String(Object(cron).cron_id))).toEqual(cron);
  });

  test('is of a thread, which must be there', async () => {
    const { thread_id } = await client.threads.create();
    const cron = await client.crons.createForThread(thread_id, 'research', {
      schedule: HOURLY,
      multitaskStrategy: 'enqueue',
    });
    expect(cron).toMatchObject({ thread_id, payload: { multitask_strategy: 'enqueue' } });
    expect(cron).not.toHaveProperty('on_run_completed');
    expect((await create({}, '/threads/missing/runs/crons')).status).toBe(404);
    expect((await create({ on_run_completed: 'delete' }, `/threads/${thread_id}/runs/crons`)).status).toBe(
      400,
    );
  });

  test('is changed field by field, and gone when it is deleted', async () => {
    const { cron_id } = (await create({ input: { n: 1 }, metadata: { a: 1 } })).body;
    const changed = await client.crons.update(cron_id, { schedule: '15 * * * *', timezone: 'Asia/Kolkata' });
    expect(changed).toMatchObject({
      timezone: 'Asia/Kolkata',
      next_run_date: '2026-11-30T10:45:00.000Z',
      payload: { input: { n: 1 } },
      metadata: { a: 1 },
    });
    expect(await client.crons.update(cron_id, { endTime: '2026-11-30T10:40:00Z' })).toMatchObject({
      next_run_date: null,
    });
    await api.call('PATCH', `/runs/crons/${cron_id}`, { timezone: null });
    expect(await client.crons.update(cron_id, { endTime: null })).toMatchObject({
      end_time: null,
      timezone: null,
      next_run_date: '2026-11-30T11:15:00.000Z',
    });
    expect(await client.crons.update(cron_id, { enabled: false })).toMatchObject({ next_run_date: null });
    await client.crons.delete(cron_id);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const { status } = await api.call(
        method,
        `/runs/crons/${cron_id}`,
        method === 'PATCH' ? {} : undefined,
      );
      expect([method, status]).toEqual([method, 404]);
    }
  });

  test('what is due stays due when something else is changed', async () => {
    const { cron_id } = (await create()).body;
    const before = now;
    now = Date.parse('2026-11-30T11:00:20Z');
    const due = '2026-11-30T11:00:00.000Z';
    expect(await client.crons.update(cron_id, { metadata: {} })).toMatchObject({ next_run_date: due });
    expect(await client.crons.update(cron_id, { schedule: '0 */2 * * *' })).toMatchObject({
      next_run_date: '2026-11-30T12:00:00.000Z',
    });
    now = before;
  });

  test('changes at the same time are all kept', async () => {
    const { cron_id } = (await create()).body;
    await Promise.all([
      client.crons.update(cron_id, { metadata: { a: 1 } }),
      client.crons.update(cron_id, { timezone: 'Europe/Berlin' }),
      client.crons.update(cron_id, { input: { n: 3 } }),
    ]);
    expect(await read(cron_id)).toMatchObject({
      metadata: { a: 1 },
      timezone: 'Europe/Berlin',
      payload: { input: { n: 3 } },
    });
  });
});

describe('is refused:', () => {
  test.each([
    ['no schedule', { schedule: '61 * * * *' }, 422, 'body.schedule'],
    ['no zone', { timezone: 'Mars/Base' }, 422, 'body.timezone'],
    ['an end before the first time', { end_time: '2026-11-30T10:40:00' }, 422, 'body.end_time'],
    ['an end that is no time', { end_time: 'tomorrow' }, 400, 'body.end_time'],
    ['an unknown assistant', { assistant_id: 'nobody' }, 404, 'No assistant'],
    ['an unknown field', { shedule: 'x' }, 400, 'did you mean schedule?'],
    ['a webhook to where nothing is sent', { webhook: 'ftp://x' }, 400, 'webhook'],
    ['too much', { context: { x: 'x'.repeat(70_000) } }, 413, 'bytes'],
  ])('%s', async (_, body, status, message) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status, body: { error: { message: expect.stringContaining(message) } } });
  });

  test('a change to what would be refused', async () => {
    const { cron_id } = (await create()).body;
    const patch = (body: object) => api.call('PATCH', `/runs/crons/${cron_id}`, body);
    expect((await patch({ schedule: 'never' })).status).toBe(422);
    expect((await patch({ timezone: 'x' })).status).toBe(422);
    expect((await patch({ assistant_id: 'nobody' })).status).toBe(404);
    expect((await patch({ thread_id: 'x' })).status).toBe(400);
    expect(await read(cron_id)).toMatchObject({ schedule: HOURLY, timezone: null });
  });
});

describe('a search', () => {
  beforeAll(async () => {
    uid = 'searcher';
    for (const [i, team] of ['a', 'b', 'a'].entries()) {
      now += 1_000;
      await create({ metadata: { team, i }, enabled: i !== 2, schedule: `${i} * * * *` });
    }
    now += 1_000;
    await client.threads.create({ threadId: 'own' });
    await client.crons.createForThread('own', 'family-scheduler', { schedule: '45 * * * *' });
  });

  const search = async (query: object) =>
    (await client.crons.search(query)).map(({ metadata }) => metadata['i'] ?? null);

  test('finds by assistant, thread, metadata and whether it is enabled', async () => {
    expect(await search({ sortBy: 'created_at', sortOrder: 'asc' })).toEqual([0, 1, 2, null]);
    expect(await search({ metadata: { team: 'a' } })).toEqual([2, 0]);
    expect(await search({ threadId: 'own' })).toEqual([null]);
    expect(await search({ assistantId: defaultAssistantId('research'), enabled: true })).toEqual([1, 0]);
    expect(await search({ sortBy: 'next_run_date', sortOrder: 'asc', limit: 2, offset: 1 })).toEqual([
      null,
      0,
    ]);
    expect(await client.crons.count({ metadata: { team: 'a' } })).toBe(2);
    expect(await client.crons.count({ assistantId: 'family-scheduler' })).toBe(1);
  });

  test('shows the fields that are wanted', async () => {
    expect(await client.crons.search({ threadId: 'own', select: ['thread_id', 'enabled'] })).toEqual([
      { thread_id: 'own', enabled: true },
    ]);
  });

  test('nobody sees, changes or removes what is not theirs', async () => {
    const [theirs] = await client.crons.search();
    uid = 'eve';
    expect(await client.crons.search()).toEqual([]);
    expect(await client.crons.count()).toBe(0);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { enabled: false } : undefined;
      expect((await api.call(method, `/runs/crons/${theirs?.cron_id}`, body)).status).toBe(404);
    }
    expect((await create({}, '/threads/own/runs/crons')).status).toBe(404);
    uid = 'searcher';
  });
});

test('a user has so many at most', async () => {
  uid = 'collector';
  const answers = [];
  for (let i = 0; i <= MAX_CRONS; i += 1) answers.push(await create());
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: MAX_CRONS }, () => 200), 422]);
  expect(answers.at(-1)?.body.error).toMatchObject({ code: 'limit_exceeded' });
});
