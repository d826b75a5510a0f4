/**
 * Who may execute a run. Whatever dies, every state that a run can be in leads on, because one of four things acts: the
 * queue (delivers a task at least once, until a worker says that it is done), the sweeper (looks at every run whose
 * `wake_at` has passed), the holder (the worker that executes the run), or a person. Each line has a test of its name in
 * `recovery.test.ts`.
 *
 * - Pending, its task is in the queue: the queue delivers it.
 * - Pending, its task was never made: the sweeper enqueues it, once, and looks again later.
 * - Pending until `retry_at`, its task came too early: the task is enqueued for that time.
 * - Pending until `start_at`, its task came too early: likewise, and the sweeper waits for that time as well.
 * - Pending behind another run of its thread: the end of that one dispatches it, or that it asks, or the sweeper does.
 * - Running, a second task comes to the holder itself: it comes again later, for the holder knows what it holds.
 * - Running, a second task comes to another worker: the holder is asked, answers, and the task comes again later.
 * - Running, and the holder's event loop is blocked: a thread of the holder answers for it (`renew.ts`).
 * - Running, and the holder is dead: it is asked, is silent, and the run is taken over.
 * - Running, the holder is dead and no task is left: the sweeper enqueues one.
 * - Running, and the holder was taken for dead but lives: the log refuses what it writes, and it stops.
 * - Running, and the holder is told to stop: it hands over after the super-step, also when the task came just before.
 * - Lost twice in a row: it is executed alone, in a process of its own (`alone.ts`), and its neighbours go on.
 * - Died alone: its keeper records the reason, and it is tried again, alone, until it has died MAX_DEATHS times.
 * - Lost though alone, with its keeper: like any lost attempt; after MAX_LOST in a row it fails.
 * - Cancelled: by its holder; by the next claim when the holder is dead; at once when nobody holds it.
 * - Interrupted: nobody holds it; an answer makes it pending, and the next run of its thread ends it.
 * - Ended: a task finds nothing to do.
 */
import { isTerminal, type NewEvent, type Run } from '@longrun/shared';
import { LEASE_MS, MAX_LOST } from '../../domain/limits.ts';
import { runTimeLeft, timedOut } from '../../domain/timeout.ts';
import { notBefore } from '../../domain/wake.ts';

/** What a worker that received a task does with the run. */
export type Claim =
  | { kind: 'execute'; events: NewEvent[]; alone: boolean }
  | { kind: 'end'; events: NewEvent[] }
  | { kind: 'nothing' }
  | { kind: 'wait'; ms: number };

/** When the holder of a run was last heard of, at the latest: milliseconds since 1970. */
export interface LastSign {
  leaseUntil: number | null;
  lastEntryAt: number;
}

/** Attempts that were lost in a row, after which the run no longer shares a process. The first may be anybody's fault. */
const LOST_BEFORE_ALONE = 2;

/** Of a process that ended under a run which it executed alone. */
export const PROCESS_ENDED = 'process_ended';

/** `silent`: the holder was asked and did not answer. */
export function decideClaim(
  run: Run,
  { silent, worker, now }: { silent: boolean; worker: string; now: number },
): Claim {
  if (isTerminal(run.status) || run.status === 'interrupted') return { kind: 'nothing' };
  if (run.status === 'running' && !silent) return { kind: 'wait', ms: LEASE_MS };
  if (run.cancel_requested) return { kind: 'end', events: [{ type: 'run.cancelled', at: now }] };
  if (runTimeLeft(run, now) === 0)
    return { kind: 'end', events: [{ type: 'run.failed', at: now, error: timedOut(run).error }] };
  const lost = run.lost + (run.status === 'running' ? 1 : 0);
  if (lost >= MAX_LOST) return { kind: 'end', events: [givenUp(run, now)] };
  const due = notBefore(run);
  if (run.status === 'pending' && due !== null && due > now) return { kind: 'wait', ms: due - now };
  const alone = lost >= LOST_BEFORE_ALONE || run.error?.code === PROCESS_ENDED;
  // Whatever this machine's clock says, an attempt begins after what the log holds.
  const at = Math.max(now, Date.parse(run.updated_at));
  const started = { type: 'attempt.started', at, attempt: run.attempt + 1, worker } as const;
  return { kind: 'execute', events: [alone ? { ...started, alone } : started], alone };
}

function givenUp(run: Run, now: number): NewEvent {
  return {
    type: 'run.failed',
    at: now,
    error: {
      code: 'attempts_exhausted',
      message:
        `${MAX_LOST} attempts in a row at the graph "${run.assistant_id}" were lost with the machine that executed them, before they had ` +
        'finished a step. It may need more memory than a worker has: give workers more, or split the step.',
    },
  };
}
