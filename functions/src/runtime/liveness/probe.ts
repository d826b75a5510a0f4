import { randomUUID } from 'node:crypto';
import { inboxPath, runPath } from '@longrun/shared';
import { PROBE_MS } from '../../domain/limits.ts';
import { CommitConflict } from '../../ports/documents.ts';
import type { LoadedRun, RunStore } from '../runs/run-store.ts';

/**
 * Asks the worker that holds the run, through its inbox, for a sign of life: it renews its lease. False when it was
 * silent for PROBE_MS, or the run was removed. Without this, a run whose worker was killed would wait until the lease runs out.
 */
export async function holderAnswers(store: RunStore, { run, version }: LoadedRun): Promise<boolean> {
  const { owner, run_id, head } = run;
  try {
    await store.documents.commit([
      store.demand(run),
      { op: 'merge', path: inboxPath(owner, run_id), fields: { probe: randomUUID() } },
    ]);
  } catch (error) {
    if (error instanceof CommitConflict && error.reason === 'missing') return false;
    throw error;
  }
  const answered = () =>
    new Promise<boolean>((resolve, reject) => {
      const done = (answer: boolean) => {
        cancel();
        // The first call back may come before `unsubscribe` is assigned.
        queueMicrotask(() => unsubscribe());
        resolve(answer);
      };
      const cancel = store.clock.after(PROBE_MS, () => done(false));
      const unsubscribe = store.documents.watch(
        runPath(owner, run_id),
        (doc) => {
          if (doc?.version !== version) done(true);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    });
  if (await answered()) return true;
  // A busy worker writes entries without the document.
  return (await store.entriesAfter(owner, run_id, head.entry)).length > 0;
}
