import type { Cache, CacheAddress, CacheEntry } from '../../ports/cache.ts';
import { redisConnection } from './connection.ts';
import { seal, unseal } from './envelope.ts';

export interface RedisCacheOptions {
  /** `redis://` or, with TLS, `rediss://`. */
  url: string;
  /** What every key begins with: several installations may share a server. */
  prefix: string;
}

const MAX_BYTES = 4_000_000; // the whole value passes through memory, and through one connection
const SCAN_COUNT = 1_000;
const GET_AT_ONCE = 100;

/** The cache in Redis: one key for an entry. Redis removes what expired; `close` ends the connection. */
export function redisCache({ url, prefix }: RedisCacheOptions): Cache & { close(): Promise<void> } {
  const connection = redisConnection(url);
  const keyOf = ({ uid, graph, space, id }: CacheAddress) =>
    prefix + [uid, graph, space, id].map(encodeURIComponent).join('/');

  /** One step of a scan; Redis promises every key that is there from the first step to the last. */
  const removeSome = (pattern: string, cursor: string) =>
    connection.use(async (client) => {
      const found = await client.scan(cursor, { MATCH: pattern, COUNT: SCAN_COUNT });
      const removed = found.keys.length === 0 ? 0 : await client.unlink(found.keys);
      return { removed, next: String(found.cursor) };
    });

  return {
    maxBytes: MAX_BYTES,

    async get(addresses, now) {
      const entries: (CacheEntry | undefined)[] = [];
      for (let at = 0; at < addresses.length; at += GET_AT_ONCE) {
        const keys = addresses.slice(at, at + GET_AT_ONCE).map(keyOf);
        const found = await connection.use((client) => client.mGet(keys));
        for (const bytes of found) {
          const entry = bytes === null ? undefined : unseal(bytes);
          entries.push(entry === undefined || entry.expiresAt <= now ? undefined : entry);
        }
      }
      return entries;
    },

    async set(entries, now) {
      for (const { address, ...entry } of entries) {
        const ms = Math.ceil(entry.expiresAt - now);
        if (ms <= 0) continue;
        const expiration = { type: 'PX' as const, value: ms };
        await connection.use((client) => client.set(keyOf(address), seal(entry), { expiration }));
      }
    },

    async clear({ uid, graph, space }) {
      const parts = space === undefined ? [uid, graph] : [uid, graph, space];
      const pattern = `${literal(prefix + parts.map(encodeURIComponent).join('/'))}/*`;
      for (let cursor = '0'; ;) {
        const { next } = await removeSome(pattern, cursor);
        if (next === '0') return;
        cursor = next;
      }
    },

    async flush(from) {
      const { removed, next } = await removeSome(`${literal(prefix)}*`, from ?? '0');
      return { removed, looked: SCAN_COUNT, next: next === '0' ? null : next };
    },

    /** Of the whole database: a scan passes over the keys of others too. */
    size: () => connection.use((client) => client.dbSize()),

    async check() {
      await connection.use((client) => client.ping());
      return 'Redis';
    },

    close: () => connection.close(),
  };
}

/** As a pattern that matches just this text. https://redis.io/docs/latest/commands/keys/ */
function literal(text: string): string {
  return text.replaceAll(/[*?[\]\\^-]/g, (character) => `\\${character}`);
}
