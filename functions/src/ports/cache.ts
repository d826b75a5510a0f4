/**
 * Results that were expensive to compute, and may be lost at any time. Cache-aside: whoever misses one computes it and puts
 * it there.
 */
export interface CacheAddress {
  /** Whose result; nobody is given what was computed for someone else. */
  uid: string;
  graph: string;
  /** A part of the graph's results that may be cleared alone. */
  space: string;
  id: string;
}

export interface CacheEntry {
  /** How `data` is to be read. */
  type: string;
  deflated: boolean;
  data: Uint8Array;
  /** Milliseconds since 1970; from then on it is not there any more. */
  expiresAt: number;
}

export interface Flushed {
  removed: number;
  /** How many entries were looked at, by the measure of `size`. */
  looked: number;
  /** Where to go on; null when all were looked at. */
  next: string | null;
}

export interface Cache {
  /** Bytes of `data` that one entry may have. */
  readonly maxBytes: number;
  /** One answer for each address, in order; undefined where there is nothing, or nothing any more at `now`. */
  get(addresses: CacheAddress[], now: number): Promise<(CacheEntry | undefined)[]>;
  /** Puts or replaces. */
  set(entries: (CacheEntry & { address: CacheAddress })[], now: number): Promise<void>;
  /** Removes the results of a graph, or of one of its spaces, of one user. */
  clear(scope: Omit<CacheAddress, 'id' | 'space'> & { space?: string }): Promise<void>;
  /**
   * Removes a part of everything, of all users. From null on until `next` is null again, it removes at least what was there at
   * the beginning; stopped in between, another process may go on.
   */
  flush(from: string | null): Promise<Flushed>;
  /** How many entries a flush has to look at, roughly. */
  size(): Promise<number>;
  /** What keeps the entries, in words. Throws when it does not answer. */
  check(): Promise<string>;
}

/** The server that keeps the entries is not reachable. Whoever throws this has logged it, once for each outage. */
export class CacheOffline extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CacheOffline';
  }
}
