import { BaseCache, type CacheFullKey, type CacheNamespace } from '@langchain/langgraph-checkpoint';
import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { errorMessage } from '@longrun/shared';
import { CacheOffline, type Cache, type CacheAddress, type CacheEntry } from '../../ports/cache.ts';
import { log } from '../../telemetry/log.ts';
import { StateSerializer } from '../serde/state-serializer.ts';

export interface NodeCacheOptions {
  /** Whose results: a node may look at its user, so nobody is given what was computed for someone else. */
  uid: string;
  /** Id of the graph: LangGraph's keys name a node and its input only, and two graphs may have nodes of one name. */
  graph: string;
  clock: { now(): number };
}

const MAX_PLAIN_BYTES = 16 * 1_048_576;
const DEFLATE_FROM = 512; // bytes; less gains nothing worth the time
/** For a policy without `ttl`: memory of what nobody asked for again should not grow for ever. */
const DEFAULT_TTL_MS = 30 * 24 * 3_600_000;
const MAX_TTL_MS = 10 * 366 * 24 * 3_600_000;

/**
 * LangGraph's node cache for the results of one user's and graph's nodes. It only ever saves work: what cannot be read
 * is a miss, and what cannot be written or is too large is not kept. Either is logged and never thrown, for LangGraph
 * does not await `set`, and a rejection that nobody handles would end the process.
 */
export class NodeCache extends BaseCache {
  readonly #cache: Cache;
  readonly #options: NodeCacheOptions;

  constructor(cache: Cache, options: NodeCacheOptions) {
    super(new StateSerializer());
    if (options.uid === '' || options.uid.includes('/'))
      throw new TypeError('A cache needs the id of a user.');
    this.#cache = cache;
    this.#options = options;
  }

  override async get(keys: CacheFullKey[]): Promise<{ key: CacheFullKey; value: unknown }[]> {
    if (keys.length === 0) return [];
    try {
      const entries = await this.#cache.get(
        keys.map((key) => this.#addressOf(key)),
        this.#options.clock.now(),
      );
      const found: { key: CacheFullKey; value: unknown }[] = [];
      for (const [i, key] of keys.entries()) {
        const entry = entries[i];
        if (entry !== undefined)
          found.push({ key, value: await this.serde.loadsTyped(entry.type, plain(entry)) });
      }
      return found;
    } catch (error) {
      warn('The node cache could not be read.', error);
      return [];
    }
  }

  override async set(pairs: { key: CacheFullKey; value: unknown; ttl?: number }[]): Promise<void> {
    try {
      const now = this.#options.clock.now();
      const entries: (CacheEntry & { address: CacheAddress })[] = [];
      for (const { key, value, ttl } of pairs) {
        const entry = await this.#entryOf(key, value, ttl, now);
        if (entry !== undefined) entries.push({ address: this.#addressOf(key), ...entry });
      }
      if (entries.length > 0) await this.#cache.set(entries, now);
    } catch (error) {
      warn('The node cache could not be written.', error);
    }
  }

  /** The results of these namespaces; of all of the graph's when none is named. Throws what the cache throws. */
  override async clear(namespaces: CacheNamespace[]): Promise<void> {
    const { uid, graph } = this.#options;
    if (namespaces.length === 0) await this.#cache.clear({ uid, graph });
    for (const namespace of namespaces)
      await this.#cache.clear({ uid, graph, space: this.#spaceOf(namespace) });
  }

  async #entryOf(
    [namespace, key]: CacheFullKey,
    value: unknown,
    ttl: number | undefined,
    now: number,
  ): Promise<CacheEntry | undefined> {
    const [type, bytes] = await this.serde.dumpsTyped(value);
    const data = bytes.byteLength < DEFLATE_FROM ? bytes : new Uint8Array(deflateRawSync(bytes));
    if (bytes.byteLength > MAX_PLAIN_BYTES || data.byteLength > this.#cache.maxBytes) {
      log.info('A result is too large for the node cache.', {
        namespace: namespace.join('/'),
        key,
        bytes: bytes.byteLength,
      });
      return undefined;
    }
    const ms = ttl === undefined ? DEFAULT_TTL_MS : Math.min(ttl * 1_000, MAX_TTL_MS);
    return { type, data, deflated: data !== bytes, expiresAt: now + ms };
  }

  #spaceOf(namespace: CacheNamespace): string {
    return hash('sha256', JSON.stringify([this.#options.graph, ...namespace]), 'base64url');
  }

  #addressOf([namespace, id]: CacheFullKey): CacheAddress {
    const { uid, graph } = this.#options;
    return { uid, graph, space: this.#spaceOf(namespace), id };
  }
}

function plain({ data, deflated }: CacheEntry): Uint8Array {
  return deflated ? inflateRawSync(data, { maxOutputLength: MAX_PLAIN_BYTES }) : data;
}

function warn(message: string, error: unknown): void {
  // An outage is one line, not one for each node that ran meanwhile.
  if (!(error instanceof CacheOffline)) log.warn(message, { error: errorMessage(error) });
}
