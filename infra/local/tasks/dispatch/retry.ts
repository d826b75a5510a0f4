/** When a failed task is tried again, by the comments of RetryConfig in google/cloud/tasks/v2/queue.proto. Pure. */
import type { Micros, RetryConfig, Task } from '../model.ts';

const MAX_RETRY_AFTER_MS = 3_600_000; // "considered", not obeyed without limit

/**
 * Milliseconds before retry number `retry` (1 is the first): starts at minBackoff, doubles maxDoublings times, then
 * grows linearly, never above maxBackoff. With 10 s, 300 s and 3: 10, 20, 40, 80, 160, 240, 300, 300 s.
 */
export function backoffMs(config: RetryConfig, retry: number): number {
  const doublings = Math.min(retry - 1, config.maxDoublings);
  const steps = Math.max(1, retry - config.maxDoublings);
  return Math.min(config.maxBackoffMs, config.minBackoffMs * 2 ** doublings * steps);
}

/**
 * A task is given up only when every limit that is set is exceeded: unlimited attempts leave the decision to the
 * duration, an unlimited duration to the attempts, and with neither it is retried for ever.
 */
export function isExhausted(config: RetryConfig, task: Task, now: Micros): boolean {
  const limitsAttempts = config.maxAttempts !== -1;
  const limitsAge = config.maxRetryDurationMs > 0;
  if (!limitsAttempts && !limitsAge) return false;
  const ageMs = (now - (task.firstDispatch ?? now)) / 1000;
  return (
    (!limitsAttempts || task.dispatchCount >= config.maxAttempts) &&
    (!limitsAge || ageMs >= config.maxRetryDurationMs)
  );
}

/** Milliseconds that a Retry-After header (RFC 9110 section 10.2.3: seconds or a date) asks for; 0 without a sensible one. */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : 0;
}
