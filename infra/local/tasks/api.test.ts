import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { v2beta3 } from '@google-cloud/tasks';
import type { CloudTasksClient, protos } from '@google-cloud/tasks';
import { credentials } from '@grpc/grpc-js';
import { startTasks } from './server.ts';
import type { TasksServer } from './server.ts';
import { Cleanup, LOCATION, connect, startTarget } from './test-support.ts';
import type { Target } from './test-support.ts';
import { eventually } from '../testing/eventually.ts';

type WireTask = protos.google.cloud.tasks.v2.ITask;

let server: TasksServer;
let client: CloudTasksClient;
let target: Target;
const cleanup = new Cleanup();

beforeAll(async () => {
  server = await startTasks();
  client = connect(server.port);
  target = await startTarget();
});
afterAll(async () => {
  await client.close();
  await server.close();
  target.close();
});
afterEach(() => cleanup.run());

let serial = 0;
/** A queue that dispatches nothing, so that its tasks can be looked at. */
async function pausedQueue(): Promise<string> {
  const name = `${LOCATION}/queues/q-${(serial += 1)}`;
  await client.createQueue({ parent: LOCATION, queue: { name } });
  await client.pauseQueue({ name });
  return name;
}

const http = (more: protos.google.cloud.tasks.v2.IHttpRequest = {}): WireTask => ({
  httpRequest: { url: target.url, ...more },
});

describe('queues', () => {
  test('created with the defaults of production', async () => {
    const name = `${LOCATION}/queues/defaults`;
    const [queue] = await client.createQueue({ parent: LOCATION, queue: { name } });
    expect(queue).toMatchObject({
      name,
      state: 'RUNNING',
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: {
        maxAttempts: 100,
        minBackoff: { seconds: '0', nanos: 100_000_000 },
        maxBackoff: { seconds: '3600' },
        maxDoublings: 16,
      },
    });
    expect((await client.getQueue({ name }))[0]).toEqual(queue);
    await expect(client.createQueue({ parent: LOCATION, queue: { name } })).rejects.toThrow(/ALREADY_EXISTS/);
  });

  test('updated by mask -> only what the mask names; without a mask everything; missing -> created', async () => {
    const name = `${LOCATION}/queues/updated`;
    await client.updateQueue({ queue: { name, retryConfig: { maxAttempts: 5, maxDoublings: 2 } } });
    const [masked] = await client.updateQueue({
      queue: { name, retryConfig: { maxAttempts: 9 }, rateLimits: { maxConcurrentDispatches: 3 } },
      updateMask: { paths: ['retry_config.max_attempts'] },
    });
    expect(masked.retryConfig).toMatchObject({ maxAttempts: 9, maxDoublings: 2 });
    expect(masked.rateLimits).toMatchObject({ maxConcurrentDispatches: 1000 });
    const [whole] = await client.updateQueue({ queue: { name } });
    expect(whole.retryConfig).toMatchObject({ maxAttempts: 100, maxDoublings: 16 });
  });

  test('listed in order, by pages, of one location', async () => {
    const parent = 'projects/listing/locations/l';
    for (const id of ['c', 'a', 'b'])
      await client.createQueue({ parent, queue: { name: `${parent}/queues/${id}` } });
    const [page, , answer] = await client.listQueues({ parent, pageSize: 2 }, { autoPaginate: false });
    expect(page.map(({ name }) => name)).toEqual([`${parent}/queues/a`, `${parent}/queues/b`]);
    expect(answer?.nextPageToken).toBeTruthy();
    const [all] = await client.listQueues({ parent, pageSize: 2 });
    expect(all).toHaveLength(3);
  });

  test('deleted -> its tasks are gone and its name rests', async () => {
    const name = await pausedQueue();
    const [task] = await client.createTask({ parent: name, task: http() });
    await client.deleteQueue({ name });
    await expect(client.getTask({ name: task.name ?? '' })).rejects.toThrow(/NOT_FOUND/);
    await expect(client.createTask({ parent: name, task: http() })).rejects.toThrow(/NOT_FOUND/);
    await expect(client.createQueue({ parent: LOCATION, queue: { name } })).rejects.toThrow(
      /FAILED_PRECONDITION/,
    );
  });

  test('purged -> empty, and it says when', async () => {
    const name = await pausedQueue();
    await client.createTask({ parent: name, task: http() });
    const before = Math.floor(Date.now() / 1000);
    const [queue] = await client.purgeQueue({ name });
    expect(Number(queue.purgeTime?.seconds)).toBeGreaterThanOrEqual(before);
    expect(Number(queue.purgeTime?.seconds)).toBeLessThanOrEqual(Date.now() / 1000);
    expect((await client.listTasks({ parent: name }))[0]).toEqual([]);
  });

  const bad: [string, protos.google.cloud.tasks.v2.IQueue][] = [
    ['a rate above 500', { rateLimits: { maxDispatchesPerSecond: 501 } }],
    ['a negative rate', { rateLimits: { maxDispatchesPerSecond: -1 } }],
    [
      'a rate that is no number',
      { rateLimits: { maxDispatchesPerSecond: Number.NaN, maxConcurrentDispatches: -1 } },
    ],
    ['concurrency above 5000', { rateLimits: { maxConcurrentDispatches: 5001 } }],
    ['attempts below -1', { retryConfig: { maxAttempts: -2 } }],
    ['a negative backoff', { retryConfig: { minBackoff: { seconds: -1 } } }],
    [
      'a minimum above the maximum',
      { retryConfig: { minBackoff: { seconds: 5 }, maxBackoff: { seconds: 1 } } },
    ],
  ];
  test.each(bad)('%s -> INVALID_ARGUMENT', async (_, queue) => {
    const name = `${LOCATION}/queues/bad`;
    await expect(client.createQueue({ parent: LOCATION, queue: { ...queue, name } })).rejects.toThrow(
      /INVALID_ARGUMENT/,
    );
  });
});

describe('tasks', () => {
  test('BASIC hides the body, FULL shows it, on every method that has views', async () => {
    const parent = await pausedQueue();
    const body = Buffer.from('secret');
    const [basic] = await client.createTask({ parent, task: http({ body }) });
    expect(basic).toMatchObject({ view: 'BASIC', dispatchCount: 0, responseCount: 0, firstAttempt: null });
    expect(basic.httpRequest?.body).toHaveLength(0);
    expect(basic.dispatchDeadline).toMatchObject({ seconds: '600' });
    expect(basic.createTime?.nanos).toBe(0);
    const [full] = await client.getTask({ name: basic.name ?? '', responseView: 'FULL' });
    expect(full.httpRequest?.body?.toString()).toBe('secret');
    const [[listed]] = await client.listTasks({ parent, responseView: 'FULL' });
    expect(listed).toEqual(full);
  });

  test('listed by pages until the end', async () => {
    const parent = await pausedQueue();
    const names = await Promise.all(
      Array.from(
        { length: 25 },
        async () => (await client.createTask({ parent, task: http() }))[0].name ?? '',
      ),
    );
    const [first, , answer] = await client.listTasks({ parent, pageSize: 10 }, { autoPaginate: false });
    expect(first).toHaveLength(10);
    const other = await pausedQueue();
    const foreign = client.listTasks(
      { parent: other, pageToken: answer?.nextPageToken ?? '' },
      { autoPaginate: false },
    );
    await expect(foreign).rejects.toThrow(/INVALID_ARGUMENT/);
    const [all] = await client.listTasks({ parent, pageSize: 10 });
    expect(all.map(({ name }) => name)).toEqual(names.toSorted());
  });

  test('a name in use -> ALREADY_EXISTS, from any of several creators but one', async () => {
    const parent = await pausedQueue();
    const task = { ...http(), name: `${parent}/tasks/same` };
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => client.createTask({ parent, task })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(String(result.reason)).toContain('ALREADY_EXISTS');
  });

  test('executed or deleted -> NOT_FOUND, and the name rests for the dedup window', async () => {
    const parent = `${LOCATION}/queues/auto`;
    const task = { ...http({ url: `${target.url}/dedup` }), name: `${parent}/tasks/t` };
    const executed = async (dedupMs: number) => {
      const server = cleanup.add(await startTasks({ dedupMs, autoCreate: true }), (s) => s.close());
      const its = cleanup.add(connect(server.port), (c) => c.close());
      await its.createTask({ parent, task });
      await eventually(() => expect(its.getTask({ name: task.name })).rejects.toThrow(/NOT_FOUND/));
      return its;
    };
    const rests = await executed(3_600_000);
    await expect(rests.getTask({ name: task.name })).rejects.toThrow(/existed recently/);
    await expect(rests.createTask({ parent, task })).rejects.toThrow(/ALREADY_EXISTS/);
    await expect(rests.deleteTask({ name: task.name })).rejects.toThrow(/NOT_FOUND/);
    await expect(rests.runTask({ name: task.name })).rejects.toThrow(/NOT_FOUND/);
    const rested = await executed(1);
    await eventually(() => rested.createTask({ parent, task }));
  });

  const bad: [string, () => WireTask][] = [
    ['no request', () => ({})],
    ['a body above 100 KB', () => http({ body: Buffer.alloc(100 * 1024 + 1) })],
    ['a body with GET', () => http({ httpMethod: 'GET', body: Buffer.from('x') })],
    ['a URL of another scheme', () => http({ url: 'ftp://example.com' })],
    ['a URL that is none', () => http({ url: 'http://' })],
    ['a URL that is too long', () => http({ url: `http://a/${'b'.repeat(2_083)}` })],
    ['a header with a line break', () => http({ headers: { 'X-A': 'a\r\nX-B: b' } })],
    ['a header name with a space', () => http({ headers: { 'X A': 'a' } })],
    ['headers of 80 KB', () => http({ headers: { 'X-A': 'a'.repeat(81_920) } })],
    [
      'a schedule 31 days ahead',
      () => ({ ...http(), scheduleTime: { seconds: Date.now() / 1000 + 31 * 86_400 } }),
    ],
    ['a schedule out of range', () => ({ ...http(), scheduleTime: { seconds: 1, nanos: -1 } })],
    ['a deadline of 14 s', () => ({ ...http(), dispatchDeadline: { seconds: 14 } })],
    ['a deadline of 31 min', () => ({ ...http(), dispatchDeadline: { seconds: 1_860 } })],
    ['a name with a dot', () => ({ ...http(), name: `${LOCATION}/queues/q-1/tasks/a.b` })],
    ['a name of another queue', () => ({ ...http(), name: `${LOCATION}/queues/other/tasks/a` })],
    [
      'a name that is too long',
      () => ({ ...http(), name: `${LOCATION}/queues/q-1/tasks/${'a'.repeat(501)}` }),
    ],
    ['a token without an account', () => http({ oidcToken: { audience: 'x' } })],
  ];
  test.each(bad)('%s -> INVALID_ARGUMENT', async (_, task) => {
    const parent = await pausedQueue();
    await expect(client.createTask({ parent, task: task() })).rejects.toThrow(/INVALID_ARGUMENT/);
  });

  test.each([
    '',
    'q',
    'projects/p/queues/q',
    `${LOCATION}/queues/a_b`,
    `${LOCATION}/queues/${'q'.repeat(101)}`,
    `${LOCATION}/queues/q/tasks/t`,
  ])('queue name "%s" -> INVALID_ARGUMENT', async (parent) => {
    await expect(client.createTask({ parent, task: http() })).rejects.toThrow(/INVALID_ARGUMENT/);
  });

  test('a queue that was never created -> NOT_FOUND', async () => {
    const parent = 'projects/elsewhere/locations/l/queues/default';
    await expect(client.createTask({ parent, task: http() })).rejects.toThrow(/NOT_FOUND/);
  });
});

describe('what is not supported says so', () => {
  test('oauthToken, App Engine tasks, IAM, filters, v2beta3 -> UNIMPLEMENTED', async () => {
    const parent = await pausedQueue();
    const oauthToken = { serviceAccountEmail: 'a@b.c' };
    await expect(client.createTask({ parent, task: http({ oauthToken }) })).rejects.toThrow(/UNIMPLEMENTED/);
    const task = { appEngineHttpRequest: { relativeUri: '/' } };
    await expect(client.createTask({ parent, task })).rejects.toThrow(/UNIMPLEMENTED/);
    await expect(client.getIamPolicy({ resource: parent })).rejects.toThrow(/UNIMPLEMENTED/);
    await expect(client.listQueues({ parent: LOCATION, filter: 'state: PAUSED' })).rejects.toThrow(
      /UNIMPLEMENTED/,
    );
    const sslCreds = credentials.createInsecure();
    const beta = new v2beta3.CloudTasksClient({
      projectId: 'p',
      apiEndpoint: '127.0.0.1',
      port: server.port,
      sslCreds,
    });
    cleanup.add(beta, (c) => c.close());
    await expect(beta.getQueue({ name: parent })).rejects.toThrow(/UNIMPLEMENTED/);
  });
});

describe('over HTTP', () => {
  test('health, queue depths, and JSON for everything else', async () => {
    const parent = await pausedQueue();
    await client.createTask({ parent, task: http() });
    const get = async (path: string, init?: RequestInit): Promise<[number, Record<string, unknown>]> => {
      const response = await fetch(server.url + path, init);
      return [response.status, (await response.json()) as Record<string, unknown>];
    };
    expect(await get('/_/health')).toEqual([200, { status: 'ok', boot_id: expect.any(String) }]);
    const [, { queues }] = await get('/_/queues');
    expect(queues).toContainEqual({ name: parent, state: 'PAUSED', depth: 1, waiting: 1, in_flight: 0 });
    for (const path of ['/nothing', '/constructor', '/__proto__']) expect((await get(path))[0]).toBe(404);
    expect(await get(`/v2/${parent}`)).toMatchObject([501, { error: { status: 'UNIMPLEMENTED' } }]);
    expect(await get('/_/health', { method: 'POST', body: 'x' })).toMatchObject([
      405,
      { error: { code: 'method_not_allowed' } },
    ]);
  });
});
