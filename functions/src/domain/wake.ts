import { isTerminal, type Run } from '@longrun/shared';
import { DISPATCH_GRACE_MS, LEASE_MS } from './limits.ts';

/**
 * By when something must have happened to the run, or the sweeper looks at it: its lease while it runs, the
 * arrival of its task while it waits. Null when nothing is to be expected: it ended, or a person must answer.
 */
export function wakeAt(run: Run, now: number): number | null {
  if (isTerminal(run.status) || run.status === 'interrupted') return null;
  if (run.status === 'running') return now + LEASE_MS;
  const due = run.retry_at === null ? now : Math.max(now, Date.parse(run.retry_at));
  return due + DISPATCH_GRACE_MS;
}
