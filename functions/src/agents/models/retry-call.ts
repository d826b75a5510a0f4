import { classify } from '../../domain/classify.ts';

/** Retries inside a call, for what is over in a moment; the run's own retry follows after that. */
export const MAX_RETRIES = 2;
/** A longer wait is the run's: while it waits it costs nothing and holds no worker. */
const WAIT_IN_CALL_MS = 5_000;

/**
 * LangChain's hook between the tries of one call: throwing ends them. Left to itself LangChain waits up to a minute
 * inside of the call for a rate limit, in which nobody can cancel it.
 */
export function onFailedAttempt(error: unknown): void {
  const { error: failure, retryable, retryAfterMs } = classify(error, Date.now());
  if (!retryable) throw error;
  if (failure.code !== 'rate_limited') return;
  // The run must wait as long as was asked, also where the time was told as a date.
  if (typeof error === 'object' && error !== null) Object.assign(error, { retryAfterMs });
  if (retryAfterMs === undefined || retryAfterMs > WAIT_IN_CALL_MS) throw error;
}
