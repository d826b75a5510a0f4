import {
  errorMessage,
  LongrunError,
  RUNS,
  runFromDoc,
  type DeadLetter,
  type RetryDeadLetters,
  type RetryOutcome,
} from '@longrun/shared';
import type { Documents } from '../../ports/documents.ts';
import { isUid } from '../../lib/uid.ts';
import { retryRun } from '../../http/commands.ts';
import type { Services } from '../../http/services.ts';

/** Failed runs of all users, newest first. */
export async function deadLetters(documents: Documents, limit: number): Promise<DeadLetter[]> {
  const docs = await documents.query({
    collection: RUNS,
    group: true,
    where: [{ field: 'status', op: '==', value: 'failed' }],
    orderBy: [{ field: 'finished_at', direction: 'desc' }],
    limit,
  });
  return docs.map(({ fields }) => {
    const { owner, run_id, thread_id, assistant_id, title, attempt, steps_done, error, finished_at } =
      runFromDoc(fields);
    const retried = fields['retried_by'];
    return {
      owner,
      run_id,
      thread_id,
      assistant_id,
      title,
      attempt,
      steps_done,
      error,
      finished_at,
      retried_by: typeof retried === 'string' ? retried : null,
    };
  });
}

/** Which ones are meant, as the audit log names them. */
export function retryTarget({ runs }: RetryDeadLetters): string {
  if (runs === undefined) return 'all that were not tried again yet';
  const named = runs.slice(0, 10).map(({ owner, run_id }) => `${owner}/${run_id}`);
  const more = runs.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`.slice(0, 1_000);
}

/** Does the named runs again, or every one that was not yet. */
export async function retryDeadLetters(
  services: Services,
  { runs }: RetryDeadLetters,
  limit: number,
): Promise<RetryOutcome[]> {
  const { store } = services;
  const wanted =
    runs ?? (await deadLetters(store.documents, limit)).filter(({ retried_by }) => retried_by === null);
  const outcomes: RetryOutcome[] = [];
  for (const { owner, run_id } of wanted) {
    try {
      if (!isUid(owner)) throw new LongrunError('not_found', 'There is no such user.');
      const { run } = await store.require(owner, run_id);
      const made = await retryRun(services, run);
      outcomes.push({ owner, run_id, retried_by: made.run.run_id });
    } catch (error) {
      if (!(error instanceof LongrunError)) throw error;
      outcomes.push({ owner, run_id, error: errorMessage(error) });
    }
  }
  return outcomes;
}
