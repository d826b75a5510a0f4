import { isTerminal, type NewEvent, type Run } from '@longrun/shared';
import { MAX_DEATHS } from '../../domain/limits.ts';
import { backoffMs } from '../../domain/retry.ts';
import type { RunTask } from '../../ports/task-queue.ts';
import type { TaskAnswer } from '../worker.ts';
import { PROCESS_ENDED } from './claim.ts';

/** How a process that executed a run alone ended: with the answer to its task, or under it. */
export type AloneEnd = { kind: 'answered'; answer: TaskAnswer } | { kind: 'died'; reason: string };

/** Executes runs in processes of their own, so that only the run can be the cause when one ends. */
export interface Keeper {
  /** Resolves when the process has ended; undefined when there is room for no more processes. `worker`: its id. */
  execute(task: RunTask, worker: string): Promise<AloneEnd> | undefined;
  /** Tells every process to hand its run over, and resolves when they have ended. */
  drained(): Promise<void>;
}

/**
 * What the keeper of a process records when it died under a run. Null when the process did not hold it, or had done its work
 * before. `reason` goes on after "the process that executed it alone".
 */
export function decideDeath(
  run: Run,
  { worker, reason, now, random }: { worker: string; reason: string; now: number; random: number },
): NewEvent[] | null {
  if (isTerminal(run.status) || run.status !== 'running' || run.holder !== worker) return null;
  if (run.cancel_requested) return [{ type: 'run.cancelled', at: now }];
  const deaths = run.error?.code === PROCESS_ENDED ? run.failures + 1 : 1;
  const step = run.nodes.map(({ node }) => `"${node}"`).join(', ');
  const where = step === '' ? '' : ` at the step ${step}`;
  const error = {
    code: PROCESS_ENDED,
    message: `The graph "${run.assistant_id}"${where} ended its process, which executed nothing else: the process ${reason}.`,
    details: { graph: run.assistant_id, steps: run.nodes.map(({ node }) => node), reason, deaths },
  };
  if (deaths >= MAX_DEATHS) return [{ type: 'run.failed', at: now, error }];
  const retry_at = now + backoffMs(deaths, random);
  return [{ type: 'attempt.ended', at: now, attempt: run.attempt, reason: 'failed', error, retry_at }];
}
