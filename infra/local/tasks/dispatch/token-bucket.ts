import { maxBurstSize } from '../model.ts';
import type { RateLimits } from '../model.ts';

/** https://wikipedia.org/wiki/Token_bucket: holds up to maxBurstSize tokens, refilled at maxDispatchesPerSecond. */
export interface Bucket {
  tokens: number;
  /** Milliseconds since 1970 at which `tokens` was right. */
  at: number;
}

/** More than any bucket holds: the first refill cuts it to the queue's burst size. */
export const FULL_BUCKET: Readonly<Bucket> = { tokens: Infinity, at: 0 };

export function refill(bucket: Bucket, limits: RateLimits, now: number): Bucket {
  const gained = (Math.max(0, now - bucket.at) / 1000) * limits.maxDispatchesPerSecond;
  return { tokens: Math.min(maxBurstSize(limits), bucket.tokens + gained), at: now };
}

/** Milliseconds until a whole token is there; 0 when it is. */
export function untilToken(bucket: Bucket, limits: RateLimits): number {
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / limits.maxDispatchesPerSecond) * 1000);
}
