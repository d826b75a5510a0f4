import type { Run } from '@longrun/shared';
import type { Failure } from './classify.ts';

/** Milliseconds until the run has used up its time, at least 0; null without a limit. Waiting for a person is free. */
export function runTimeLeft(run: Run, now: number): number | null {
  if (run.run_timeout_ms === null || run.started_at === null) return null;
  return Math.max(0, Date.parse(run.started_at) + run.waited_ms + run.run_timeout_ms - now);
}

export function timedOut(run: Run): Failure {
  const seconds = (run.run_timeout_ms ?? 0) / 1_000;
  return {
    error: { code: 'run_timeout', message: `The run took longer than its limit of ${seconds} s.` },
    retryable: false,
  };
}

/** Tried again: whatever it waited for may answer the next time. */
export function stepTimedOut(run: Run): Failure {
  const seconds = (run.step_timeout_ms ?? 0) / 1_000;
  return {
    error: { code: 'step_timeout', message: `A step took longer than its limit of ${seconds} s.` },
    retryable: true,
  };
}

/** A worker held the run for as long as it may, and no step ended. Milliseconds. */
export function stepTooLong(heldMs: number): Failure {
  return {
    error: {
      code: 'step_too_long',
      message: `No step ended within ${Math.round(heldMs / 1_000)} s, for which a worker may hold a run. Split the step into shorter ones.`,
    },
    retryable: true,
  };
}
