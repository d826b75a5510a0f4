/**
 * A shared cache (RFC 9111) for what the bucket serves, keyed by path and content coding: fresh entries are served without
 * asking the bucket, stale ones after asking whether the object is still the same. Bounded in bytes; the least recently used
 * go first. One fill at a time for each key, so that a crowd costs one read and one compression.
 */
import { LRUCache } from 'lru-cache';
import { matchesPath } from '../../edge/url-map.ts';
import { chooseEncoding, encode, isCompressible } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import type { Origin } from './origin.ts';

export interface Cached {
  path: string;
  contentType: string;
  cacheControl: string;
  etag: string;
  encoding: Encoding;
  /** The object exists in several codings: caches must tell them apart. */
  varies: boolean;
  body: Buffer;
  /** The object's version in the bucket. */
  version: string;
  /** Milliseconds since 1970 of the fill or the last revalidation. */
  validatedAt: number;
}

export interface Lookup {
  entry: Cached;
  hit: boolean;
  /** Seconds since the entry was last known to be right. */
  age: number;
}

export class Cache {
  readonly #origin: Origin;
  readonly #now: () => number;
  readonly #entries: LRUCache<string, Cached>;
  readonly #fills = new Map<string, Promise<Cached | undefined>>();
  /** Counts purges: a fill that began before one must not be kept after it. */
  #epoch = 0;

  constructor(origin: Origin, maxBytes: number, now: () => number) {
    this.#origin = origin;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ body }) => Math.max(1, body.length), // nothing may weigh nothing
    });
    this.#now = now;
  }

  /** Undefined when there is no such object. */
  async get(path: string, acceptEncoding: string | undefined): Promise<Lookup | undefined> {
    const encoding = chooseEncoding(acceptEncoding);
    const key = `${encoding} ${path}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      const age = (this.#now() - known.validatedAt) / 1000;
      const fresh = age < freshSeconds(known.cacheControl);
      const version = fresh ? known.version : await this.#origin.version(path);
      if (version === known.version) {
        if (!fresh) known.validatedAt = this.#now();
        return { entry: known, hit: fresh, age: fresh ? Math.floor(age) : 0 };
      }
      this.#entries.delete(key);
    }
    const entry = await this.#fillOnce(key, path, encoding);
    return entry && { entry, hit: false, age: 0 };
  }

  /** Empties what matches a path, or a prefix that ends in "/*". Returns the number of entries. */
  purge(pattern: string): number {
    this.#epoch += 1;
    const matching = [...this.#entries].filter(([, entry]) => matchesPath(pattern, entry.path));
    for (const [key] of matching) this.#entries.delete(key);
    return matching.length;
  }

  #fillOnce(key: string, path: string, encoding: Encoding): Promise<Cached | undefined> {
    const flight = `${this.#epoch} ${key}`;
    const running = this.#fills.get(flight);
    if (running !== undefined) return running;
    const fill = this.#fill(key, path, encoding).finally(() => this.#fills.delete(flight));
    this.#fills.set(flight, fill);
    return fill;
  }

  async #fill(key: string, path: string, wanted: Encoding): Promise<Cached | undefined> {
    const epoch = this.#epoch;
    const version = await this.#origin.version(path);
    const object = version === undefined ? undefined : await this.#origin.read(path);
    if (version === undefined || object === undefined) return undefined;
    const varies = isCompressible(object.contentType, object.body.length);
    const encoding = varies ? wanted : 'identity';
    const entry: Cached = {
      path,
      contentType: object.contentType,
      cacheControl: object.cacheControl,
      etag: encoding === 'identity' ? `"${object.hash}"` : `"${object.hash}-${encoding}"`,
      encoding,
      varies,
      body: await encode(object.body, encoding),
      version,
      validatedAt: this.#now(),
    };
    if (epoch === this.#epoch && !/\b(no-store|private)\b/.test(entry.cacheControl))
      this.#entries.set(key, entry);
    return entry;
  }
}

/** How long a shared cache may serve without asking; 0 when it must ask each time. */
function freshSeconds(cacheControl: string): number {
  if (/\bno-cache\b/.test(cacheControl)) return 0;
  const seconds = /\bs-maxage=(\d+)/.exec(cacheControl) ?? /\bmax-age=(\d+)/.exec(cacheControl);
  return Number(seconds?.[1] ?? 0);
}
