import { afterEach, describe, expect, test } from 'vitest';
import type { CloudTasksClient } from '@google-cloud/tasks';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startTasks } from './server.ts';
import type { TasksOptions } from './server.ts';
import { Cleanup, LOCATION, connect, startTarget } from './test-support.ts';
import type { Target } from './test-support.ts';
import { eventually } from '../testing/eventually.ts';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const QUEUE = `${LOCATION}/queues/q`;
const FAST_RETRY = { minBackoff: { nanos: 10e6 }, maxBackoff: { nanos: 20e6 } };
type QueueSettings = NonNullable<NonNullable<TasksOptions['queues']>[number]['settings']>;

async function start(
  settings: QueueSettings = {},
  respond?: Parameters<typeof startTarget>[0],
  options: TasksOptions = {},
): Promise<{ client: CloudTasksClient; target: Target; url: string }> {
  const server = cleanup.add(await startTasks({ queues: [{ name: QUEUE, settings }], ...options }), (s) =>
    s.close(),
  );
  const client = cleanup.add(connect(server.port), (c) => c.close());
  const target = cleanup.add(await startTarget(respond), (t) => t.close());
  return { client, target, url: server.url };
}

describe('a task is delivered', () => {
  test('created -> dispatched: method, URL, headers and body arrive as given', async () => {
    const { client, target } = await start();
    const before = Date.now() / 1000;
    const [task] = await client.createTask({
      parent: QUEUE,
      task: {
        httpRequest: {
          url: `${target.url}/work?a=1`,
          httpMethod: 'PUT',
          headers: { 'X-Mine': 'yes', 'Content-Type': 'application/json' },
          body: Buffer.from('{"n":1}'),
        },
      },
    });
    await eventually(() => expect(target.deliveries).toHaveLength(1));
    const [got] = target.deliveries;
    expect(got).toMatchObject({ method: 'PUT', path: '/work?a=1', body: '{"n":1}' });
    expect(got?.headers).toMatchObject({
      'x-mine': 'yes',
      'content-type': 'application/json',
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': 'q',
      'x-cloudtasks-taskname': task.name?.split('/').at(-1),
      'x-cloudtasks-taskretrycount': '0',
      'x-cloudtasks-taskexecutioncount': '0',
    });
    const eta = Number(got?.headers['x-cloudtasks-tasketa']);
    expect(eta).toBeGreaterThanOrEqual(before - 1);
    expect(eta).toBeLessThanOrEqual(Date.now() / 1000 + 1);
    expect(got?.headers).not.toHaveProperty('x-cloudtasks-taskpreviousresponse');
  });

  test('reserved headers are ours, whatever the creator asks for', async () => {
    const { client, target } = await start();
    const headers = {
      'User-Agent': 'mine',
      'x-cloudtasks-taskretrycount': '9',
      Host: 'evil',
      'Content-Length': '1',
    };
    await client.createTask({
      parent: QUEUE,
      task: {
        httpRequest: {
          url: target.url,
          headers: { ...headers, 'X-Google-A': 'x' },
          body: Buffer.from('four'),
        },
      },
    });
    await eventually(() => expect(target.deliveries).toHaveLength(1));
    expect(target.deliveries[0]).toMatchObject({ method: 'POST', body: 'four' });
    expect(target.deliveries[0]?.headers).toMatchObject({
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-taskretrycount': '0',
      'content-length': '4',
      host: new URL(target.url).host,
    });
    expect(target.deliveries[0]?.headers).not.toHaveProperty('x-google-a');
  });

  test('a string body is base64', async () => {
    const { client, target } = await start();
    const body = Buffer.from('plain').toString('base64');
    await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url, body } } });
    await eventually(() => expect(target.deliveries[0]?.body).toBe('plain'));
  });

  test('scheduleTime in the future -> not a moment earlier', async () => {
    const { client, target } = await start();
    const due = Date.now() + 300;
    const scheduleTime = { seconds: Math.floor(due / 1000), nanos: (due % 1000) * 1e6 };
    await client.createTask({ parent: QUEUE, task: { scheduleTime, httpRequest: { url: target.url } } });
    await client.createTask({ parent: QUEUE, task: { httpRequest: { url: `${target.url}/now` } } });
    await eventually(() => expect(target.deliveries).toHaveLength(2));
    expect(target.deliveries.map(({ path }) => path)).toEqual(['/now', '/']);
    expect(target.deliveries[1]?.at).toBeGreaterThanOrEqual(due);
  });

  test('oidcToken -> a signed ID token that verifies against the JWKS; it overrides Authorization', async () => {
    const { client, target, url } = await start();
    const email = 'worker@p.iam.gserviceaccount.com';
    await client.createTask({
      parent: QUEUE,
      task: {
        httpRequest: {
          url: `${target.url}/secured`,
          headers: { authorization: 'Bearer mine' },
          oidcToken: { serviceAccountEmail: email, audience: 'https://aud' },
        },
      },
    });
    await eventually(() => expect(target.deliveries).toHaveLength(1));
    const token = target.deliveries[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
    const keys = createRemoteJWKSet(new URL('/_/jwks', url));
    const { payload } = await jwtVerify(token, keys, {
      issuer: 'https://accounts.google.com',
      audience: 'https://aud',
    });
    expect(payload).toMatchObject({ email, email_verified: true });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600);
  });

  test('without an audience the token is for the URL', async () => {
    const { client, target, url } = await start();
    const oidcToken = { serviceAccountEmail: 'a@b.c' };
    await client.createTask({ parent: QUEUE, task: { httpRequest: { url: `${target.url}/x`, oidcToken } } });
    await eventually(() => expect(target.deliveries).toHaveLength(1));
    const token = target.deliveries[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
    await jwtVerify(token, createRemoteJWKSet(new URL('/_/jwks', url)), { audience: `${target.url}/x` });
  });
});

describe('a task that fails is retried', () => {
  test('any 2xx -> done; 3xx, 4xx and 5xx -> again; 5xx does not count as an execution', async () => {
    const answers = [302, 404, 500, 204];
    const { client, target } = await start({ retryConfig: FAST_RETRY }, (_, response) => {
      response.statusCode = answers.shift() ?? 200;
      response.end();
    });
    const [task] = await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url } } });
    await eventually(() => expect(client.getTask({ name: task.name ?? '' })).rejects.toThrow(/NOT_FOUND/));
    const seen = target.deliveries.map(({ headers: h }) => [
      h['x-cloudtasks-taskretrycount'],
      h['x-cloudtasks-taskexecutioncount'],
      h['x-cloudtasks-taskpreviousresponse'],
    ]);
    expect(seen).toEqual([
      ['0', '0', undefined],
      ['1', '1', '302'],
      ['2', '2', '404'],
      ['3', '2', '500'],
    ]);
    expect(target.deliveries[3]?.headers['x-cloudtasks-taskretryreason']).toContain('500');
  });

  test('a connection that breaks -> retried', async () => {
    let calls = 0;
    const { client, target } = await start({ retryConfig: FAST_RETRY }, (_, response) => {
      if ((calls += 1) === 1) response.destroy();
      else response.end();
    });
    await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url } } });
    await eventually(() => expect(target.deliveries).toHaveLength(2));
    expect(target.deliveries[1]?.headers['x-cloudtasks-taskretrycount']).toBe('1');
  });

  test('maxAttempts reached -> given up', async () => {
    const { client, target } = await start(
      { retryConfig: { ...FAST_RETRY, maxAttempts: 3 } },
      (_, response) => {
        response.statusCode = 500;
        response.end();
      },
    );
    const [task] = await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url } } });
    await eventually(() => expect(client.getTask({ name: task.name ?? '' })).rejects.toThrow(/NOT_FOUND/));
    expect(target.deliveries).toHaveLength(3);
  });

  test('Retry-After longer than the backoff -> waited for', async () => {
    const answers = [503, 200];
    const { client, target } = await start({ retryConfig: FAST_RETRY }, (_, response) => {
      response.statusCode = answers.shift() ?? 200;
      response.setHeader('Retry-After', '1');
      response.end();
    });
    await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url } } });
    await eventually(() => expect(target.deliveries).toHaveLength(2));
    const [first, second] = target.deliveries;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(995);
  });

  test('between attempts the task shows its counts and its last attempt', async () => {
    const retryConfig = { minBackoff: { seconds: 60 }, maxBackoff: { seconds: 60 } };
    const { client, target } = await start({ retryConfig }, (_, response) => {
      response.statusCode = 429;
      response.end();
    });
    const [{ name }] = await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url } } });
    const task = await eventually(async () => {
      const [found] = await client.getTask({ name: name ?? '' });
      expect(found.responseCount).toBe(1);
      return found;
    });
    expect(task.dispatchCount).toBe(1);
    expect(task.firstAttempt?.dispatchTime).toBeTruthy();
    expect(task.lastAttempt?.responseStatus).toMatchObject({ code: 8, message: 'HTTP status code 429' });
    const dispatched = Number(task.firstAttempt?.dispatchTime?.seconds);
    expect(Number(task.scheduleTime?.seconds)).toBeGreaterThan(dispatched + 50);
  });
});

describe('a queue limits its dispatches', () => {
  test('maxConcurrentDispatches is never exceeded, and everything arrives', async () => {
    const held: (() => void)[] = [];
    const { client, target } = await start({ rateLimits: { maxConcurrentDispatches: 3 } }, (_, response) => {
      held.push(() => response.end());
      if (held.length === 3) held.splice(0).forEach((release) => release());
    });
    const task = { httpRequest: { url: target.url } };
    await Promise.all(Array.from({ length: 12 }, () => client.createTask({ parent: QUEUE, task })));
    await eventually(() => expect(target.deliveries).toHaveLength(12));
    expect(target.peak()).toBe(3);
  });

  test('a burst of maxBurstSize, then maxDispatchesPerSecond', async () => {
    const { client, target } = await start({ rateLimits: { maxDispatchesPerSecond: 0.001 } });
    const task = { httpRequest: { url: target.url } };
    await Promise.all(Array.from({ length: 20 }, () => client.createTask({ parent: QUEUE, task })));
    await eventually(async () => expect((await client.listTasks({ parent: QUEUE }))[0]).toHaveLength(10));
    expect(target.deliveries).toHaveLength(10); // at once; for the next one a quarter of an hour has to pass
    await client.updateQueue({ queue: { name: QUEUE, rateLimits: { maxDispatchesPerSecond: 20 } } });
    await eventually(() => expect(target.deliveries).toHaveLength(20));
  });

  test('paused -> nothing leaves; RunTask dispatches all the same; resumed -> the rest leaves', async () => {
    const { client, target } = await start();
    await client.pauseQueue({ name: QUEUE });
    const create = async (path: string) =>
      (await client.createTask({ parent: QUEUE, task: { httpRequest: { url: target.url + path } } }))[0];
    const forced = await create('/forced');
    await create('/waits');
    const [shown] = await client.runTask({ name: forced.name ?? '' });
    expect(shown.dispatchCount).toBe(1);
    await eventually(() => expect(target.deliveries.map(({ path }) => path)).toEqual(['/forced']));
    await client.resumeQueue({ name: QUEUE });
    await eventually(() => expect(target.deliveries.map(({ path }) => path)).toEqual(['/forced', '/waits']));
  });
});

test('chaos: some tasks come twice and out of order, none is lost', async () => {
  const { client, target } = await start({}, undefined, { chaos: { seed: 'storm', rate: 0.4 } });
  const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
  for (const id of ids) {
    await client.createTask({
      parent: QUEUE,
      task: { name: `${QUEUE}/tasks/${id}`, httpRequest: { url: `${target.url}/${id}` } },
    });
  }
  await eventually(() => expect(new Set(target.deliveries.map(({ path }) => path)).size).toBe(40));
  await eventually(() => expect(target.deliveries.length).toBeGreaterThan(45));
  const order = target.deliveries.map(({ path }) => Number(path.slice(2)));
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
});
