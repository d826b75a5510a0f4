import { isObject, isTerminal, LongrunError, type Json, type Run } from '@longrun/shared';
import { decideCancel, decideForcedCancel } from '../domain/decide.ts';
import { derivedId } from '../lib/derived-id.ts';
import type { Caps } from '../quotas/caps.ts';
import { dispatchCreated } from '../quotas/share.ts';
import { createRun, type CreatedRun, type CreateRunRequest } from '../runtime/runs/create-run.ts';
import { undoRun } from '../runtime/housekeeping/undo.ts';
import { isUndone } from '../runtime/runs/removing.ts';
import { originalInput } from '../runtime/attempt/resume/original-input.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';
import { dispatchNext } from '../runtime/runs/thread-queue.ts';
import { hasCheckpoint } from '../runtime/saver/has-checkpoint.ts';
import { metadataOf } from '../runtime/runs/turns.ts';
import { untilSettled } from './follow.ts';
import type { Services } from './services.ts';

/** How long a worker has to obey before the API ends the run itself: cancel takes effect within 2 s. */
const CANCEL_MS = 1_500;

export { answerRun } from '../runtime/runs/answer-run.ts';

type Parts = Pick<Services, 'store' | 'queue'>;

/**
 * Asks the worker first, so that what it holds is kept; ends the run itself when the worker does not react. `rollback`: it is gone
 * afterwards, as if it had never been, unless it had ended otherwise before.
 */
export async function cancelRun(
  { store, queue }: Parts,
  uid: string,
  runId: string,
  how: { reason?: string; rollback?: boolean } = {},
): Promise<Run> {
  const asked = await store.append(uid, runId, 'api', ({ run }) =>
    decideCancel(run, uid, store.clock.now(), how),
  );
  const ended = isTerminal(asked.run.status) ? asked : await forceCancel(store, asked.run);
  // A worker that obeyed has done this itself.
  if (ended.appended) await dispatchNext(store, queue, ended.run);
  if (isUndone(ended.run)) await undoRun({ store, queue }, ended.run);
  return ended.run;
}

async function forceCancel(store: RunStore, run: Run): Promise<{ run: Run; appended: boolean }> {
  const never = new AbortController().signal;
  const settled = await untilSettled(store.documents, store.clock, run, CANCEL_MS, never);
  if (isTerminal(settled.status)) return { run: settled, appended: false };
  return await store.append(run.owner, run.run_id, 'api', ({ run: now }) =>
    decideForcedCancel(now, store.clock.now()),
  );
}

/**
 * A new run that goes on where an ended one stopped, which then names it as `retried_by`. Its id follows from the old one's, so that asking twice gives
 * one run. Throws `not_ended`, `not_found` for one that is being removed, and what `createRun` throws.
 */
export async function retryRun(
  { store, queue }: Parts,
  old: Run,
  quotas?: CreateRunRequest['quotas'],
): Promise<CreatedRun> {
  if (old.status !== 'failed' && old.status !== 'cancelled') {
    throw new LongrunError(
      'not_ended',
      `Only a failed or cancelled run is tried again; it is ${old.status}.`,
    );
  }
  if (old.last_checkpoint !== null && !(await hasCheckpoint(store.documents, old, old.last_checkpoint))) {
    throw new LongrunError('not_found', `What run ${old.run_id} had done is gone. Start a new run.`);
  }
  const made = await createRun(store, {
    uid: old.owner,
    retryOf: old.run_id,
    ...(isObject(old.command) ? { untaken: old.command } : {}),
    ...(quotas === undefined ? {} : { quotas }),
    body: {
      assistant_id: old.assistant_id,
      input: await originalInput(store.documents, old),
      config: old.config as { [key: string]: Json },
      metadata: metadataOf(old) as { [key: string]: Json },
      context: old.context as { [key: string]: Json } | null,
      interrupt_before: old.interrupt_before,
      interrupt_after: old.interrupt_after,
      run_id: derivedId('retry', old.owner, old.run_id),
      thread_id: old.thread_id,
      run_timeout_s: timeoutOfRetry(old, quotas?.quotas.caps),
      webhook: old.webhook,
      step_timeout_s: old.step_timeout_ms === null ? null : old.step_timeout_ms / 1_000,
    },
  });
  await dispatchCreated(store, queue, made);
  return made;
}

/** As before, but for a cap that is lower now: the old run may have got its own by default. */
function timeoutOfRetry({ run_timeout_ms }: Run, caps: Caps | undefined): number | null {
  if (run_timeout_ms === null) return null;
  return Math.min(run_timeout_ms / 1_000, caps?.runTimeoutS ?? Number.POSITIVE_INFINITY);
}
