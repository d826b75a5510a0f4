import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { startRedis } from '../../../../test/support/redis.ts';
import { CacheOffline } from '../../ports/cache.ts';
import { NodeCache } from '../../runtime/cache/cache.ts';
import { cacheSuite } from '../../runtime/cache/cache.suite.ts';
import { systemClock } from '../../ports/clock.ts';
import { cacheStoreSuite } from '../cache.suite.ts';
import { redisCache } from './cache.ts';

// A real server: what is asserted of Redis here, Redis itself has said.
const server = await startRedis();
const caches: { close(): Promise<void> }[] = [];
const open = (prefix: string, url = server.url) => {
  const cache = redisCache({ url, prefix });
  caches.push(cache);
  return cache;
};
const closeCaches = async () => {
  for (const cache of caches.splice(0)) await cache.close();
};
const direct = createClient({ url: server.url }).on('error', () => undefined);
beforeAll(async () => void (await direct.connect()));
afterAll(async () => {
  direct.destroy();
  await closeCaches();
  await server.close();
});

cacheStoreSuite('Redis', () => open('longrun:test:'));
const shared = open('longrun:graphs:');
cacheSuite(
  'ours, in Redis',
  () => new NodeCache(shared, { uid: randomUUID(), graph: 'research', clock: systemClock }),
);

const at = { uid: 'ada', graph: 'research', space: 's', id: 'k' };
const entry = {
  address: at,
  type: 'json',
  deflated: false,
  data: new Uint8Array([1]),
  expiresAt: Date.now() + 3_600_000,
};

describe('what is particular to Redis', () => {
  const printed: string[] = [];
  const listenToLog = () =>
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const warnings = () => printed.filter((line) => line.includes('"WARNING"'));
  // Each outage is told by whoever has a connection then.
  beforeAll(closeCaches);
  afterEach(async () => {
    await closeCaches();
    vi.restoreAllMocks();
    printed.length = 0;
  });

  test('keys begin with the prefix and end by themselves', async () => {
    await open('longrun:ttl:').set([entry], Date.now());
    const key = 'longrun:ttl:ada/research/s/k';
    expect(await direct.exists(key)).toBe(1);
    const left = await direct.pTTL(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(3_600_001);
  });

  test('a flush leaves every other key alone, another installation’s too', async () => {
    const [mine, other] = [open('longrun:[a]:'), open('longrun:a:')];
    await mine.set([entry], Date.now());
    await other.set([entry], Date.now());
    await direct.set('somebody-elses', 'x');
    let from: string | null = null;
    do from = (await mine.flush(from)).next;
    while (from !== null);
    expect(await mine.get([at], Date.now())).toEqual([undefined]);
    expect(await other.get([at], Date.now())).toMatchObject([{ type: 'json' }]);
    expect(await direct.get('somebody-elses')).toBe('x');
  });

  test('what another program put under a key of ours is a miss', async () => {
    const cache = open('longrun:odd:');
    await direct.set('longrun:odd:ada/research/s/k', 'hello');
    expect(await cache.get([at], Date.now())).toEqual([undefined]);
  });

  test('a dead Redis fails no run: misses and one WARNING; when it is back it is used again', async () => {
    const cache = open('longrun:dead:');
    const nodes = new NodeCache(cache, { uid: 'ada', graph: 'research', clock: systemClock });
    const key: [string[], string] = [['n'], 'k'];
    await nodes.set([{ key, value: 1 }]);
    expect(await nodes.get([key])).toEqual([{ key, value: 1 }]);
    listenToLog();
    await server.kill();
    for (let i = 0; i < 20; i += 1) {
      expect(await nodes.get([key])).toEqual([]);
      await nodes.set([{ key, value: 2 }]);
    }
    await expect(cache.check()).rejects.toThrow(CacheOffline);
    expect(warnings()).toHaveLength(1);
    await server.restart();
    await expect.poll(() => cache.check()).toBe('Redis');
    await nodes.set([{ key, value: 3 }]);
    expect(await nodes.get([key])).toEqual([{ key, value: 3 }]);
    expect(warnings()).toHaveLength(1);
  });

  test('nobody there from the start: misses, and one WARNING', async () => {
    listenToLog();
    const cache = open('longrun:none:', 'redis://127.0.0.1:1');
    const nodes = new NodeCache(cache, { uid: 'ada', graph: 'research', clock: systemClock });
    expect(await nodes.get([[['n'], 'k']])).toEqual([]);
    expect(await nodes.get([[['n'], 'k']])).toEqual([]);
    expect(warnings()).toHaveLength(1);
    await expect(cache.flush(null)).rejects.toThrow(CacheOffline);
  });

  test('a server that takes connections and says nothing: waited for once, then not asked for a while', async () => {
    listenToLog();
    const cache = open('longrun:mute:');
    await expect.poll(() => cache.get([at], Date.now())).toEqual([undefined]);
    const asked = Number(/cmdstat_mget:calls=(\d+)/.exec(await direct.info('commandstats'))?.[1]);
    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
    await expect(cache.get([at], Date.now())).rejects.toThrow(CacheOffline);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    for (let i = 0; i < 50; i += 1) await expect(cache.get([at], Date.now())).rejects.toThrow(CacheOffline);
    process.kill(server.pid, 'SIGCONT');
    // Its own figures, which it also gives for what it was asked while it was silent.
    expect(await direct.info('commandstats')).toContain(`cmdstat_mget:calls=${asked + 1},`);
    expect(warnings()).toHaveLength(1);
  });

  test('a password: the right one opens, a wrong one is an outage and is not told', async () => {
    await direct.configSet('requirepass', 'right-one');
    onTestFinished(async () => void (await direct.configSet('requirepass', '')));
    const at = (password: string) => `redis://:${password}@127.0.0.1:${server.port}`;
    const opened = open('longrun:auth:', at('right-one'));
    await expect.poll(() => opened.check()).toBe('Redis');
    listenToLog();
    await expect(open('longrun:auth:', at('wrong-one')).check()).rejects.toThrow(CacheOffline);
    expect(warnings()).toHaveLength(1);
    expect(printed.join('')).not.toContain('wrong-one');
  });

  test('a port where something else listens is no Redis', async () => {
    listenToLog();
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const port = await listen(other, '127.0.0.1', 0);
    onTestFinished(() => void other.close());
    const cache = open('longrun:http:', `redis://127.0.0.1:${port}`);
    await expect(cache.get([at], Date.now())).rejects.toThrow(CacheOffline);
    expect(warnings()).toHaveLength(1);
  });
});
