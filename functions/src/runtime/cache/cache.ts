import { BaseCache, type CacheFullKey, type CacheNamespace } from '@langchain/langgraph-checkpoint';
import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { errorMessage, userPath } from '@longrun/shared';
import type { DocumentWrite, Documents, Fields, StoredDocument } from '../../ports/documents.ts';
import { log } from '../../telemetry/log.ts';

export interface NodeCacheOptions {
  /** Whose results: a node may look at its user, so nobody is given what was computed for someone else. */
  uid: string;
  /** Id of the graph: LangGraph's keys name a node and its input only, and two graphs may have nodes of one name. */
  graph: string;
  clock: { now(): number };
}

/** The results of one user's and graph's nodes. */
export function nodeCache(documents: Documents, options: NodeCacheOptions): DocumentCache {
  return new DocumentCache(documents, options);
}

const MAX_BYTES = 900_000; // compressed; with the other fields below Firestore's 1 MiB
const MAX_PLAIN_BYTES = 16 * 1_048_576;
const DEFLATE_FROM = 512; // bytes; less gains nothing worth the time
/** For a policy without `ttl`: memory of what nobody asked for again should not grow for ever. */
const DEFAULT_TTL_MS = 30 * 24 * 3_600_000;
const MAX_TTL_MS = 10 * 366 * 24 * 3_600_000;
const COMMIT_BYTES = 9_000_000; // of Firestore's 10 MiB
const GET_AT_ONCE = 100;
const DELETE_AT_ONCE = 300;

/**
 * LangGraph's node cache on documents, below `users/{uid}/cache`: one document for a result, found by the hash of its
 * key. It only ever saves work: what cannot be read is a miss, and what cannot be written or is too large is not
 * kept. Either is logged and never thrown, for LangGraph does not await `set`, and a rejection that nobody
 * handles would end the process.
 */
export class DocumentCache extends BaseCache {
  readonly #documents: Documents;
  readonly #options: NodeCacheOptions;
  readonly #collection: string;

  constructor(documents: Documents, options: NodeCacheOptions) {
    super();
    if (options.uid === '' || options.uid.includes('/'))
      throw new TypeError('A cache needs the id of a user.');
    this.#documents = documents;
    this.#options = options;
    this.#collection = `${userPath(options.uid)}/cache`;
  }

  override async get(keys: CacheFullKey[]): Promise<{ key: CacheFullKey; value: unknown }[]> {
    try {
      const found: { key: CacheFullKey; value: unknown }[] = [];
      for (let at = 0; at < keys.length; at += GET_AT_ONCE) {
        const some = keys.slice(at, at + GET_AT_ONCE);
        const stored = await this.#documents.get(some.map((key) => this.#pathOf(key)));
        for (const [i, key] of some.entries()) {
          const kept = read(stored[i], this.#options.clock.now());
          if (kept !== undefined)
            found.push({ key, value: await this.serde.loadsTyped(kept.type, kept.bytes) });
        }
      }
      return found;
    } catch (error) {
      log.warn('The node cache could not be read.', { error: errorMessage(error) });
      return [];
    }
  }

  override async set(pairs: { key: CacheFullKey; value: unknown; ttl?: number }[]): Promise<void> {
    try {
      let batch: DocumentWrite[] = [];
      let bytes = 0;
      for (const { key, value, ttl } of pairs) {
        const fields = await this.#fields(key, value, ttl);
        if (fields === undefined) continue;
        if (bytes + fields.data.byteLength > COMMIT_BYTES) {
          await this.#documents.commit(batch);
          [batch, bytes] = [[], 0];
        }
        batch.push({ op: 'set', path: this.#pathOf(key), fields });
        bytes += fields.data.byteLength + 1_000;
      }
      await this.#documents.commit(batch);
    } catch (error) {
      log.warn('The node cache could not be written.', { error: errorMessage(error) });
    }
  }

  /** The results of these namespaces; of all of the graph's when none is named. Throws what the documents throw. */
  override async clear(namespaces: CacheNamespace[]): Promise<void> {
    if (namespaces.length === 0) await this.#deleteWhere('graph', this.#options.graph);
    for (const namespace of namespaces) await this.#deleteWhere('space', this.#spaceOf(namespace));
  }

  async #deleteWhere(field: string, value: string): Promise<void> {
    let found: StoredDocument[];
    do {
      found = await this.#documents.query({
        collection: this.#collection,
        where: [{ field, op: '==', value }],
        select: [],
        limit: DELETE_AT_ONCE,
      });
      await this.#documents.commit(found.map(({ path }) => ({ op: 'delete', path })));
    } while (found.length === DELETE_AT_ONCE);
  }

  async #fields([namespace, key]: CacheFullKey, value: unknown, ttl: number | undefined) {
    const [type, plain] = await this.serde.dumpsTyped(value);
    const data = plain.byteLength < DEFLATE_FROM ? plain : new Uint8Array(deflateRawSync(plain));
    if (plain.byteLength > MAX_PLAIN_BYTES || data.byteLength > MAX_BYTES) {
      log.info('A result is too large for the node cache.', {
        namespace: namespace.join('/'),
        key,
        bytes: plain.byteLength,
      });
      return undefined;
    }
    const ms = ttl === undefined ? DEFAULT_TTL_MS : Math.min(ttl * 1_000, MAX_TTL_MS);
    return {
      graph: this.#options.graph,
      space: this.#spaceOf(namespace),
      type,
      data,
      deflated: data !== plain,
      expire_at: new Date(this.#options.clock.now() + ms),
    } satisfies Fields;
  }

  #spaceOf(namespace: CacheNamespace): string {
    return hash('sha256', JSON.stringify([this.#options.graph, ...namespace]), 'base64url');
  }

  #pathOf([namespace, key]: CacheFullKey): string {
    return `${this.#collection}/${hash('sha256', `${this.#spaceOf(namespace)} ${key}`, 'base64url')}`;
  }
}

/** Undefined for what is not there, or no longer. */
function read(
  document: StoredDocument | undefined,
  now: number,
): { type: string; bytes: Uint8Array } | undefined {
  if (document === undefined) return undefined;
  const { type, data, deflated, expire_at } = document.fields;
  if (typeof type !== 'string' || !(data instanceof Uint8Array) || !(expire_at instanceof Date))
    return undefined;
  if (expire_at.getTime() <= now) return undefined;
  const bytes = deflated === true ? inflateRawSync(data, { maxOutputLength: MAX_PLAIN_BYTES }) : data;
  return { type, bytes };
}
