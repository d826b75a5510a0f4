import type { Run } from '@longrun/shared';
import { Scope, scopes } from './scope.ts';
import { attemptSpanId, runSpanId } from './span.ts';
import { recorder } from './tracing.ts';

/** The queue's answer waits for the spans so long. Milliseconds. */
const FLUSH_MS = 2_000;
/** While an attempt goes on, what it has measured is sent so often: for whoever watches, and should it be killed. */
const LIVE_FLUSH_MS = 5_000;

/** A run of days has many attempts: later ones are measured more coarsely, so that its trace stays one that can be read. */
const FULL_ATTEMPTS = 4;

/** Does `work`, which may claim a run: then it is one root span of that run's trace, sent before this resolves. */
export async function traceTask<T>(work: () => Promise<T>): Promise<T> {
  const spans = recorder();
  if (spans === undefined) return await work();
  const scope = new Scope('task', spans);
  const live = setInterval(() => void spans.flush(LIVE_FLUSH_MS), LIVE_FLUSH_MS).unref();
  try {
    return await scopes.run(scope, work);
  } finally {
    clearInterval(live);
    if (scope.end()) await spans.flush(FLUSH_MS);
  }
}

/**
 * The task that is being done has claimed the run, which changed last at `since`: this is its attempt. Answers when its work
 * began. A task may have come before, and waited to see whether another worker was alive.
 */
export function joinAttempt(run: Run, since: number): number | undefined {
  const scope = scopes.getStore();
  if (scope?.kind !== 'task') return undefined;
  const { attempt } = run;
  scope.begun = Math.max(scope.arrivedAt, since);
  scope.budget.share = Math.min(1, FULL_ATTEMPTS / attempt);
  scope.label('attempt', String(attempt));
  scope.label('worker', process.env['K_REVISION'] ?? 'local');
  const id = attemptSpanId(run, attempt);
  scope.join(run, { id, parent: runSpanId(run), kind: 'worker', name: `attempt ${attempt}` });
  return scope.begun;
}
