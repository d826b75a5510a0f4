import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  isTerminal,
  type AdminMe,
  type AdminMetrics,
  type AdminOperation,
  type AdminOverview,
  type AuditEntry,
  type Run,
} from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEdge, type EdgeServer } from '../../infra/local/edge/server.ts';
import { startStorage, type StorageServer } from '../../infra/local/storage/server.ts';
import { Api } from '../support/api.ts';
import { freePort } from '../support/ports.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

const COMMAND = fileURLToPath(new URL('../../infra/dev/admin.ts', import.meta.url));

let stack: Stack;
let redis: RedisServer;
let storage: StorageServer;
let edge: EdgeServer;
let folder: string;
let admin: Api;
let adminUid: string;

// The stack with a Redis, and an edge before it whose bucket says itself how long a page may be kept.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-admin-'));
  redis = await startRedis();
  const port = await freePort();
  stack = await Stack.start({ REDIS_URL: redis.url, COMPUTE_EMULATOR_HOST: `127.0.0.1:${port}` });
  storage = await startStorage({ dir: join(folder, 'site'), bucket: 'site' });
  const { api, edge: own } = stack.at;
  const { token } = await stack.newUser();
  const newcomer = new Api(own, token);
  // Nobody waits for this function, so it starts last.
  await until('the function answers', async () =>
    (await newcomer.call('GET', '/admin/me')).status === 200 ? true : null,
  );
  edge = await startEdge({ dir: join(folder, 'site'), api, admin: own, init: {}, host: '127.0.0.1', port });
});
afterAll(async () => {
  await edge.close();
  await storage.close();
  await stack.close();
  await redis.close();
  await rm(folder, { recursive: true, force: true });
});

const newApi = async () => {
  const { token, uid } = await stack.newUser();
  return { api: new Api(edge.url, token), uid };
};
const entries = async () => (await admin.call<{ entries: AuditEntry[] }>('GET', '/admin/audit')).body.entries;
const linesOf = async (action: string) =>
  (await entries())
    .filter((entry) => entry.action === action)
    .map(({ outcome, target }) => `${outcome} ${target}`);
const toEnd = (begun: AdminOperation) =>
  until('the operation has ended', async () => {
    const { body } = await admin.call<AdminOperation>('GET', `/admin/operations/${begun.operation_id}`);
    return body.status === 'running' ? null : body;
  });
const ended = (api: Api, run: Run) =>
  until('the run has ended', async () => {
    const now = await api.get(run.run_id);
    return isTerminal(now.status) ? now : null;
  });

/** The page as a deploy puts it into the bucket, with a rule that lets the CDN keep it for an hour. */
async function upload(html: string): Promise<void> {
  const object = `${storage.url}/storage/v1/b/site/o/index.html`;
  const put = await fetch(`${storage.url}/upload/storage/v1/b/site/o?uploadType=media&name=index.html`, {
    method: 'POST',
    headers: { 'content-type': 'text/html' },
    body: html,
  });
  expect(put.status).toBe(200);
  const rule = await fetch(object, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cacheControl: 'public, max-age=3600' }),
  });
  expect(rule.status).toBe(200);
}
const seen = async () => (await fetch(`${edge.url}/`)).text();

async function command(...args: string[]): Promise<string> {
  const { GOOGLE_CLOUD_PROJECT: _, ...others } = process.env;
  const env = { ...others, LONGRUN_DATA: stack.data };
  return (await promisify(execFile)(process.execPath, [COMMAND, ...args], { env })).stdout;
}

describe('administration, on the real stack', () => {
  it('the first user becomes the administrator: of five who ask at once just one, who may at once', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, newApi));
    expect((await people[0]?.api.call<AdminMe>('GET', '/admin/me'))?.body).toEqual({
      admin: false,
      claimable: true,
    });
    const answers = await Promise.all(people.map(({ api }) => api.call('POST', '/admin/claim', {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403, 403]);
    const winner = people[answers.findIndex(({ status }) => status === 200)];
    if (winner === undefined) throw new Error('Nobody won.');
    [admin, adminUid] = [winner.api, winner.uid];
    for (const { api, uid } of people) {
      expect((await api.call('GET', '/admin/config')).status).toBe(uid === adminUid ? 200 : 403);
    }
    expect(await linesOf('grant_admin')).toEqual([`succeeded ${adminUid}`, `started ${adminUid}`]);
  });

  it('B5: the page behind a caching rule changes for people only when it is purged', async () => {
    await upload('<h1>old</h1>');
    expect(await seen()).toBe('<h1>old</h1>');
    await upload('<h1>new</h1>');
    for (let i = 0; i < 3; i += 1) expect(await seen()).toBe('<h1>old</h1>');

    const { api } = await newApi();
    expect(await api.call('POST', '/admin/purge', { path: '/*' })).toMatchObject({
      status: 403,
      body: { error: { code: 'forbidden' } },
    });
    expect(await seen()).toBe('<h1>old</h1>');
    expect(await linesOf('purge_cdn')).toEqual([]);

    const begun = await admin.call<AdminOperation>('POST', '/admin/purge', { path: '/*' });
    expect(begun).toMatchObject({ status: 202, body: { action: 'purge_cdn', status: 'running' } });
    expect(await toEnd(begun.body)).toMatchObject({ status: 'done', progress: 100 });
    expect(await seen()).toBe('<h1>new</h1>');
    expect(await linesOf('purge_cdn')).toEqual(['succeeded /*', 'started /*']);
  });

  it('B5: a purge outlives the process that began it', async () => {
    const { body } = await admin.call<AdminOperation>('POST', '/admin/purge', { path: '/index.html' });
    await stack.kill('admin');
    const done = await until('the function answers again', async () => {
      const answer = await admin.call<AdminOperation>('GET', `/admin/operations/${body.operation_id}`);
      return answer.status === 200 && answer.body.status !== 'running' ? answer.body : null;
    });
    expect(done).toMatchObject({ operation_id: body.operation_id, status: 'done' });
    expect(await linesOf('purge_cdn')).toContain('succeeded /index.html');
  });

  it('B6 B7: results are cached in Redis until they are flushed; without Redis runs go on', async () => {
    const { api } = await newApi();
    const file = join(folder, 'worked.txt');
    const run = async () => {
      const done = await ended(api, await api.run('cached', { file, asked: 'rain' }));
      expect(done).toMatchObject({ status: 'completed', output: { answer: 'about rain' } });
      return (await readFile(file, 'utf8')).split('\n').length - 1;
    };
    let worked = await run();
    expect(worked).toBe(1);
    // LangGraph does not wait until a result is kept.
    const before = await until('the result is cached', async () => {
      const last = worked;
      worked = await run();
      return worked === last ? worked : null;
    });

    const begun = await admin.call<AdminOperation>('POST', '/admin/flush-cache', {});
    expect(begun.status).toBe(202);
    expect(await toEnd(begun.body)).toMatchObject({
      status: 'done',
      detail: expect.stringMatching(/^[1-9]\d* /),
    });
    expect(await run()).toBe(before + 1);
    expect((await linesOf('flush_cache')).slice(0, 2)).toEqual(['succeeded all', 'started all']);

    await redis.kill();
    expect(await run()).toBe(before + 2);
    const { body } = await admin.call<AdminOverview>('GET', '/admin/overview');
    expect(body.parts.find(({ name }) => name === 'cache')).toMatchObject({ state: 'unreachable' });
    await redis.restart();
  });

  it('D5 D7: a dead letter is counted, seen and tried again', async () => {
    const { api, uid } = await newApi();
    const file = join(folder, 'failing.txt');
    const good = await ended(api, await api.run('failing', { file, times: 0 }));
    expect(good.status).toBe('completed');
    // Without a file to note its steps in, the graph throws.
    const broken = await ended(api, await api.run('failing', { times: 0 }));
    expect(broken.status).toBe('failed');
    const letters = (await admin.call<{ runs: { run_id: string }[] }>('GET', '/admin/dead-letters')).body
      .runs;
    expect(letters).toContainEqual(expect.objectContaining({ run_id: broken.run_id, retried_by: null }));
    const again = await admin.call<{ runs: { retried_by?: string }[] }>('POST', '/admin/dead-letters/retry', {
      runs: [{ owner: uid, run_id: broken.run_id }],
    });
    const made = again.body.runs[0]?.retried_by;
    if (made === undefined) throw new Error('It was not tried again.');
    expect((await api.get(made)).retry_of).toBe(broken.run_id);
    expect(await linesOf('retry_dead_letters')).toEqual([
      `succeeded ${uid}/${broken.run_id}`,
      `started ${uid}/${broken.run_id}`,
    ]);
    const { body } = await admin.call<AdminMetrics>('GET', '/admin/metrics?hours=2');
    expect(body.completed).toBeGreaterThan(0);
    expect(body.failed).toBeGreaterThan(0);
    expect(body.nodes.map(({ node }) => node)).toContain('first');
    expect(body.series.reduce((sum, part) => sum + part.failed, 0)).toBe(body.failed);
  });

  it('grant and revoke by the command: at once, and in the log', async () => {
    const { api, uid } = await newApi();
    expect((await api.call('GET', '/admin/overview')).status).toBe(403);
    expect(await command('grant', uid)).toContain('is an administrator now');
    expect((await api.call('GET', '/admin/overview')).status).toBe(200);
    expect((await command('list')).trim().split('\n').toSorted()).toEqual([uid, adminUid].toSorted());
    await command('revoke', uid);
    expect((await api.call('GET', '/admin/overview')).status).toBe(403);
    expect(await linesOf('revoke_admin')).toEqual([`succeeded ${uid}`, `started ${uid}`]);
  });

  it('nobody reads or writes the log but through the function', async () => {
    const { firestore, project } = stack.at;
    const { token } = await stack.newUser();
    const url = `${firestore}/v1/projects/${project}/databases/(default)/documents/admin/state/audit`;
    for (const [method, suffix] of [
      ['GET', ''],
      ['POST', '?documentId=x'],
    ] as const) {
      const answer = await fetch(url + suffix, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{"fields":{}}' } : {}),
      });
      expect(answer.status).toBe(403);
    }
  });
});
