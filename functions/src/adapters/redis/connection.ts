import { errorMessage } from '@longrun/shared';
import { lazy } from '../../lib/lazy.ts';
import { CacheOffline } from '../../ports/cache.ts';
import { log } from '../../telemetry/log.ts';

/** The first connection is waited for so long, and an answer; both are well under a millisecond on a healthy network. */
const CONNECT_MS = 1_000;
const ANSWER_MS = 1_000;
/** After a call without an answer nothing is asked for so long: a server that hangs must not slow every node down. */
const REST_MS = 5_000;
const MAX_RECONNECT_MS = 5_000;
const PING_MS = 15_000; // finds out about a connection that died silently

async function createClient(url: string) {
  const { createClient, RESP_TYPES } = await import('redis');
  return createClient({
    url,
    // A command that cannot be sent at once is refused: a miss now is better than a hit later.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: PING_MS,
    maintNotifications: 'disabled',
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), MAX_RECONNECT_MS),
    },
  });
}

type Client = Awaited<ReturnType<typeof createClient>>;

export interface RedisConnection {
  /** Throws CacheOffline when the server cannot be reached or does not answer; otherwise what `work` throws. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection that is opened with the first use, lives on its own, and tells of each outage once. */
export function redisConnection(url: string): RedisConnection {
  let offline = false;
  let restUntil = 0;
  let client: Client | undefined;

  const lost = (error: unknown) => {
    if (offline) return;
    offline = true;
    log.warn('Redis cannot be reached; results are computed anew until it can.', {
      error: errorMessage(error),
    });
  };
  const back = () => {
    if (offline) log.info('Redis can be reached again.');
    offline = false;
  };

  const open = lazy(async () => {
    client = await createClient(url);
    client.on('error', lost);
    client.on('ready', back);
    // It tries again for ever; whether it succeeded in time is seen by `isReady`.
    const connected = client.connect().then(() => undefined, lost);
    await Promise.race([connected, after(CONNECT_MS)]);
    return client;
  });

  return {
    async use(work) {
      const client = await open();
      if (!client.isReady || Date.now() < restUntil) {
        lost(new Error('not connected'));
        throw new CacheOffline('Redis cannot be reached.');
      }
      const answer = work(client);
      const late = Symbol('late');
      const timer = new AbortController();
      try {
        const first = await Promise.race([answer, after(ANSWER_MS, timer.signal).then(() => late)]);
        if (first !== late) {
          back();
          return await answer;
        }
      } catch (error) {
        // What was sent when the connection broke is refused as well.
        if (client.isReady) throw error;
        lost(error);
        throw new CacheOffline('The connection to Redis broke.', { cause: error });
      } finally {
        timer.abort();
      }
      answer.catch(() => undefined); // nobody waits for it any more
      restUntil = Date.now() + REST_MS;
      const cause = new Error(`no answer within ${ANSWER_MS} ms`);
      lost(cause);
      throw new CacheOffline('Redis does not answer.', { cause });
    },
    async close() {
      client?.destroy();
    },
  };
}

function after(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
