/** What became of one attempt. */
export interface SendResult {
  /** The answer's HTTP status; null when there was none. */
  status: number | null;
  error: string | null;
  ms: number;
  /** The answer asked to wait so long. */
  retryAfterMs?: number;
  /** Nothing may be sent there, now or later. */
  refused?: boolean;
}

export type Decision = { status: 'delivered' | 'failed' } | { status: 'pending'; waitMs: number };

/** Seconds to wait after the first, second ... attempt: a restart is bridged at once, and a day without anyone there too. */
const WAITS_S = [5, 30, 120, 600, 3_600, 21_600, 86_400];
/** Attempts in all. */
export const MAX_ATTEMPTS = WAITS_S.length + 1;
/** So much of a wait, at most, is added by chance, lest all come back at once. */
const JITTER = 0.1;
const GONE = 410;

/** `attempts`: how many were made, this one included. `random`: 0 to 1. Pure. */
export function decideDelivery(result: SendResult, attempts: number, random: number): Decision {
  const { status, retryAfterMs = 0, refused = false } = result;
  if (status !== null && status >= 200 && status < 300) return { status: 'delivered' };
  const waitS = WAITS_S[attempts - 1];
  // 410 is how a receiver says that it wants no more. Source: https://www.standardwebhooks.com
  if (refused || status === GONE || waitS === undefined) return { status: 'failed' };
  return {
    status: 'pending',
    waitMs: Math.ceil(Math.max(waitS * 1_000, retryAfterMs) * (1 + JITTER * random)),
  };
}
