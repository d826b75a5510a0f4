import {
  isTerminal,
  type Json,
  type NewEvent,
  type Run,
  type RunError,
  type TurnRequest,
} from '@longrun/shared';
import type { Failure } from './classify.ts';
import { MAX_FAILURES } from './limits.ts';
import { backoffMs } from './retry.ts';

/** Instead of another attempt. Whatever this machine's clock says, it comes after what the log holds. */
export function decideGivenUp(run: Run, error: RunError, now: number): NewEvent[] {
  return [{ type: 'run.failed', at: Math.max(now, Date.parse(run.updated_at)), error }];
}

/** Cancel is idempotent: null when there is nothing to add. A run that no worker holds ends at once. */
export function decideCancel(
  run: Run,
  by: string,
  now: number,
  { reason, rollback = false }: { reason?: string; rollback?: boolean } = {},
): NewEvent[] | null {
  if (isTerminal(run.status)) return null;
  const more = { ...(reason === undefined ? {} : { reason }), ...(rollback ? { rollback } : {}) };
  const isAsked = run.cancel_requested && (run.rollback_requested || !rollback);
  const requested: NewEvent[] = isAsked ? [] : [{ type: 'cancel.requested', at: now, by, ...more }];
  if (run.status !== 'running') return [...requested, { type: 'run.cancelled', at: now }];
  return requested.length > 0 ? requested : null;
}

/**
 * Answers to questions that are open; null when one of them is not, or the run asks nothing. They begin a turn unless they
 * only add to one.
 */
export function decideAnswer(
  run: Run,
  answers: { [interruptId: string]: Json },
  by: string,
  now: number,
  turn: TurnRequest,
): NewEvent[] | null {
  const open = new Set(run.interrupts.map(({ id }) => id));
  const ids = Object.keys(answers);
  if (run.status !== 'interrupted' || ids.length === 0 || !ids.every((id) => open.has(id))) return null;
  const begins = turn.request !== undefined || Object.keys(run.answers).length === 0;
  return [{ type: 'interrupt.answered', at: now, answers, by, ...(begins ? { turn } : {}) }];
}

/** Ends a run whose worker did not react to the request. The log fences that worker from here on. */
export function decideForcedCancel(run: Run, now: number): NewEvent[] | null {
  return isTerminal(run.status) ? null : [{ type: 'run.cancelled', at: now }];
}

/** An attempt threw: try again later, or give up. */
export function decideFailure(run: Run, failure: Failure, now: number, random: number): NewEvent[] {
  const { error, retryable, retryAfterMs, excused = false } = failure;
  const tooOften = !excused && run.failures + 1 >= MAX_FAILURES;
  if (!retryable || tooOften) return [{ type: 'run.failed', at: now, error }];
  // Those who were told the same time should not all come back at it.
  const delay = (retryAfterMs ?? 0) + backoffMs(run.failures + 1, random);
  return [
    {
      type: 'attempt.ended',
      at: now,
      attempt: run.attempt,
      reason: 'failed',
      error,
      retry_at: now + delay,
      ...(excused ? { excused } : {}),
    },
  ];
}
