import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cleanup, LOCATION, connect, spawnServer, startTarget } from './test-support.ts';
import type { ServerProcess } from './test-support.ts';
import { eventually } from '../testing/eventually.ts';
import { PATIENCE_MS } from '../../../test/support/patience.ts';

const QUEUE = `${LOCATION}/queues/q`;
const cleanup = new Cleanup();
let data = '';

beforeEach(() => {
  const folder = cleanup.add(mkdtempSync(join(tmpdir(), 'tasks-')), (path) =>
    rmSync(path, { recursive: true }),
  );
  data = join(folder, 'tasks.db');
});
afterEach(() => cleanup.run());

async function spawnWith(...args: string[]): Promise<ServerProcess> {
  return cleanup.add(await spawnServer(['--data', data, '--queue', QUEUE, ...args]), (server) =>
    server.kill('SIGKILL'),
  );
}

test('kill -9 under load, three times: every acknowledged task is delivered', async () => {
  const acknowledged = new Set<string>();
  const target = cleanup.add(await startTarget(), (t) => t.close());
  let serial = 0;
  for (let round = 0; round < 3; round += 1) {
    const server = await spawnWith();
    const client = connect(server.port);
    const before = acknowledged.size;
    const creator = async (): Promise<void> => {
      for (;;) {
        const path = `/${(serial += 1)}`;
        await client.createTask(
          { parent: QUEUE, task: { httpRequest: { url: target.url + path } } },
          { retry: null, timeout: PATIENCE_MS },
        );
        acknowledged.add(path);
      }
    };
    const creators = Promise.allSettled(Array.from({ length: 16 }, creator));
    await eventually(() => expect(acknowledged.size - before).toBeGreaterThan(200));
    await server.kill('SIGKILL');
    await client.close();
    await creators;
  }
  await spawnWith();
  await eventually(() => {
    const delivered = new Set(target.deliveries.map(({ path }) => path));
    expect([...acknowledged].filter((path) => !delivered.has(path))).toEqual([]);
  });
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s with an attempt under way -> delivered again after the restart',
  async (signal) => {
    let calls = 0;
    const target = await startTarget((_, response) => {
      if ((calls += 1) > 1) response.end();
    });
    cleanup.add(target, (t) => t.close());
    const first = await spawnWith();
    const client = cleanup.add(connect(first.port), (c) => c.close());
    await client.createTask({
      parent: QUEUE,
      task: { name: `${QUEUE}/tasks/once`, httpRequest: { url: target.url, body: Buffer.from('payload') } },
    });
    await eventually(() => expect(target.deliveries).toHaveLength(1));
    expect(await first.kill(signal)).toBe(signal === 'SIGTERM' ? 0 : null);
    const second = await spawnWith();
    await eventually(() => expect(target.deliveries).toHaveLength(2));
    expect(target.deliveries[1]).toMatchObject({ body: 'payload' });

    const again = cleanup.add(connect(second.port), (c) => c.close());
    const task = { name: `${QUEUE}/tasks/once`, httpRequest: { url: target.url } };
    await expect(again.createTask({ parent: QUEUE, task })).rejects.toThrow(/ALREADY_EXISTS/);
  },
);

test('queue settings, pauses, resting names and the signing key survive a restart', async () => {
  const first = await spawnWith();
  const client = cleanup.add(connect(first.port), (c) => c.close());
  await client.updateQueue({ queue: { name: QUEUE, rateLimits: { maxDispatchesPerSecond: 7 } } });
  await client.pauseQueue({ name: QUEUE });
  const task = { name: `${QUEUE}/tasks/gone`, httpRequest: { url: 'http://127.0.0.1:1' } };
  await client.createTask({ parent: QUEUE, task });
  await client.deleteTask({ name: task.name });
  const jwks = async (port: number): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/_/jwks`)).text();
  const keys = await jwks(first.port);
  await first.kill('SIGKILL');

  const second = await spawnWith();
  const again = cleanup.add(connect(second.port), (c) => c.close());
  const [queue] = await again.getQueue({ name: QUEUE });
  expect(queue).toMatchObject({ state: 'PAUSED', rateLimits: { maxDispatchesPerSecond: 7 } });
  await expect(again.createTask({ parent: QUEUE, task })).rejects.toThrow(/ALREADY_EXISTS/);
  expect(await jwks(second.port)).toBe(keys);
});

test('the command prints one line, and a second server on the same file is refused', async () => {
  const server = await spawnWith();
  expect(server.lines).toEqual([`tasks listening at http://127.0.0.1:${server.port}`]);
  expect((await spawnServer(['--data', data])).lines).toEqual([]);
  expect(await server.kill('SIGINT')).toBe(0);
  expect(server.lines).toHaveLength(1);
});
