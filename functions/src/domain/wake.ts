import { isTerminal, type Run } from '@longrun/shared';
import { DISPATCH_GRACE_MS, LEASE_MS } from './limits.ts';

/** Before this moment a pending run is not to be executed; null: at once. Milliseconds since 1970. */
export function notBefore({ retry_at, start_at }: Run): number | null {
  const due = [retry_at, start_at].flatMap((at) => (at === null ? [] : [Date.parse(at)]));
  return due.length === 0 ? null : Math.max(...due);
}

/**
 * By when something must have happened to the run, or the sweeper looks at it: its lease while it runs, the
 * arrival of its task while it waits. Null when nothing is to be expected: it ended, or a person must answer.
 */
export function wakeAt(run: Run, now: number): number | null {
  if (isTerminal(run.status) || run.status === 'interrupted') return null;
  if (run.status === 'running') return now + LEASE_MS;
  return Math.max(now, notBefore(run) ?? now) + DISPATCH_GRACE_MS;
}
