import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { quotaDetailsSchema, type Run } from '@longrun/shared';
import { afterEach, describe, expect, test } from 'vitest';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { askFor, serveApi, type ApiServer } from './testing.ts';
import * as z from 'zod/mini';

const refusalSchema = z.object({ error: z.object({ details: quotaDetailsSchema }) });

const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('one', () => ({ n: 1 }))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile();

let api: ApiServer;
afterEach(() => api.close());
const open = async (env: Record<string, string>, anonymous = false) => {
  const lab = new Lab({ graph });
  api = await serveApi(lab, { env, anonymous });
  return lab;
};
const RUN = { assistant_id: 'research', input: null };
const create = (more: object = {}, path = '/runs') => askFor(api, { ...RUN, ...more }, { path });

test('beyond a quota -> 429 with what, how much, until when, and Retry-After', async () => {
  await open({ QUOTA_RUNS_PER_DAY: '1' });
  expect((await create()).status).toBe(200);
  const refused = await create();
  expect(refused).toMatchObject({
    status: 429,
    body: { error: { code: 'quota_exceeded', message: expect.stringContaining('1 a day') } },
  });
  const { error } = refusalSchema.parse(refused.body);
  const { what, used, limit, until } = error.details;
  expect({ what, used, limit }).toEqual({ what: 'runs_per_day', used: 1, limit: 1 });
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(24 * 3_600);
  expect(new Date(String(until)).toISOString()).toMatch(/T00:00:00\.000Z$/);
});

describe('every way that makes a run counts', () => {
  test('below a thread, and enqueued on it', async () => {
    await open({ QUOTA_RUNS_AT_ONCE: '2' });
    expect((await create({ if_not_exists: 'create' }, '/threads/t/runs')).status).toBe(200);
    expect((await create({ multitask_strategy: 'enqueue' }, '/threads/t/runs')).status).toBe(200);
    expect((await create({ multitask_strategy: 'enqueue' }, '/threads/t/runs')).status).toBe(429);
  });

  test('a retry at the limit -> 429, and below it -> a run', async () => {
    const lab = await open({ QUOTA_RUNS_AT_ONCE: '1' });
    const { run_id } = (await create()).body;
    await lab.store.append(UID, run_id, 'test', () => [{ type: 'run.cancelled', at: Date.now() }]);
    const other = (await create()).body;
    expect(await api.call('POST', `/runs/${run_id}/retry`, {})).toMatchObject({
      status: 429,
      body: { error: { code: 'quota_exceeded' } },
    });
    await lab.store.append(UID, other.run_id, 'test', () => [{ type: 'run.cancelled', at: Date.now() }]);
    expect((await api.call('POST', `/runs/${run_id}/retry`, {})).status).toBe(201);
  });
});

test('who signed in without a name has less', async () => {
  await open({ QUOTA_RUNS_AT_ONCE: '9', QUOTA_ANONYMOUS_RUNS_AT_ONCE: '1' }, true);
  expect((await create()).status).toBe(200);
  expect((await create()).status).toBe(429);
});

describe('how much one run may ask for', () => {
  test('a greater recursion_limit or time than is allowed -> 422 with the cap', async () => {
    await open({ MAX_RECURSION_LIMIT: '50', MAX_RUN_TIMEOUT_S: '60' });
    expect(await create({ config: { recursion_limit: 51 } })).toMatchObject({
      status: 422,
      body: { error: { code: 'limit_exceeded', message: expect.stringContaining('50') } },
    });
    expect(await create({ run_timeout_s: 61 })).toMatchObject({ status: 422 });
    expect(await create({ config: { recursion_limit: 50 }, run_timeout_s: 60 })).toMatchObject({
      status: 200,
    });
  });

  test('no limit of time is asked for -> that of the installation; the same request is the same run', async () => {
    await open({ MAX_RUN_TIMEOUT_S: '60' });
    const made = await create({ run_id: 'r' });
    expect(made.body.run_timeout_ms).toBe(60_000);
    expect((await create({ run_id: 'r' })).status).toBe(200);
  });

  test('tried again after the cap was lowered -> with the time that is allowed now', async () => {
    const lab = await open({ MAX_RUN_TIMEOUT_S: '60' });
    const { run_id } = (await create()).body;
    await lab.store.append(UID, run_id, 'test', () => [{ type: 'run.cancelled', at: Date.now() }]);
    await api.close();
    api = await serveApi(lab, { env: { MAX_RUN_TIMEOUT_S: '30' } });
    expect((await api.call<Run>('POST', `/runs/${run_id}/retry`, {})).body.run_timeout_ms).toBe(30_000);
  });
});
