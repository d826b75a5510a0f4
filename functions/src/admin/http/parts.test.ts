import { createServer } from 'node:http';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { parseConfig } from '../../config/config.ts';
import type { Accounts } from '../../ports/accounts.ts';
import { CacheOffline } from '../../ports/cache.ts';
import { systemClock } from '../../ports/clock.ts';
import { documentCache } from '../../runtime/cache/document-cache.ts';
import { RunStore } from '../../runtime/runs/run-store.ts';
import { partsHealth } from './parts.ts';

beforeEach(() => vi.stubEnv('MODEL', ''));

const accounts: Accounts = {
  byUid: async () => undefined,
  byEmail: async () => undefined,
  setAdmin: async () => undefined,
  admins: async () => [],
};
const documents = memoryDocuments();
const store = new RunStore({ documents, clock: systemClock, ttlMs: 1_000 });
const queue = { enqueue: async () => undefined, check: async () => undefined };
const cache = documentCache(documents);
const config = (env: Record<string, string> = {}) =>
  parseConfig({ GOOGLE_CLOUD_PROJECT: 'a-project', WORKER_URL: 'http://127.0.0.1:1/', ...env });

async function serve(status: number): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(status).end('x'));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/`;
}
const states = async (services: Parameters<typeof partsHealth>[0], others: Accounts = accounts) =>
  Object.fromEntries(
    (await partsHealth(services, others, 'ada')).map(({ name, state, detail }) => [
      name,
      `${state}: ${detail}`,
    ]),
  );

test('C5: everything answers', async () => {
  const parts = await partsHealth(
    { config: config({ PAGE_URL: await serve(200) }), store, queue, cache },
    accounts,
    'ada',
  );
  expect(Object.fromEntries(parts.map(({ name, state }) => [name, state]))).toEqual({
    storage: 'ok',
    queue: 'ok',
    identity: 'ok',
    cache: 'ok',
    edge: 'ok',
    tracing: 'ok',
    model: 'off',
  });
  for (const { name, latency_ms } of parts) {
    const isAsked = name !== 'model' && name !== 'tracing';
    expect([name, typeof latency_ms]).toEqual([name, isAsked ? 'number' : 'object']);
  }
});

test('what fails or hangs is named with its reason; the others are told all the same', async () => {
  const broken = {
    config: config({ PAGE_URL: await serve(503), TRACING: 'off' }),
    store,
    queue: { ...queue, check: () => new Promise<never>(() => undefined) },
    cache: { ...cache, check: () => Promise.reject(new CacheOffline('Redis cannot be reached.')) },
  };
  const outage = { ...accounts, byUid: () => Promise.reject(new Error('no identity')) };
  expect(await states(broken, outage)).toMatchObject({
    storage: expect.stringMatching(/^ok/),
    queue: expect.stringMatching(/^unreachable: no answer within/),
    identity: 'unreachable: no identity',
    cache: 'unreachable: Redis cannot be reached.',
    edge: expect.stringMatching(/^unreachable: .* answered 503/),
    tracing: 'off: TRACING=off',
  });
});

test('nobody said where the page is -> off, not broken', async () => {
  expect(await states({ config: config(), store, queue, cache })).toMatchObject({
    edge: expect.stringMatching(/^off/),
  });
});
