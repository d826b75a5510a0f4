import { IdentityError } from './errors.ts';

/** Distinct keys kept; the least recently used is forgotten. */
const MAX_KEYS = 10_000;

/** A token bucket for each key: `burst` at once, then `perSecond`. */
export class RateLimit {
  private readonly buckets = new Map<string, { level: number; at: number }>();
  private readonly burst: number;
  private readonly perSecond: number;
  private readonly now: () => number;

  constructor(burst: number, perSecond: number, now: () => number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.now = now;
  }

  /** Throws TOO_MANY_ATTEMPTS_TRY_LATER when the key's bucket is empty. */
  check(key: string): void {
    if (this.level(key) < 1) throw new IdentityError('TOO_MANY_ATTEMPTS_TRY_LATER', 429);
  }

  take(key: string): void {
    this.check(key);
    const level = this.level(key) - 1;
    this.buckets.delete(key);
    this.buckets.set(key, { level, at: this.now() });
    const oldest = this.buckets.keys().next();
    if (this.buckets.size > MAX_KEYS && oldest.done !== true) this.buckets.delete(oldest.value);
  }

  private level(key: string): number {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return this.burst;
    const seconds = Math.max(0, this.now() - bucket.at) / 1000;
    return Math.min(this.burst, bucket.level + seconds * this.perSecond);
  }
}
