import { decodeEntry, LongrunError, logPath, type Json, type Run } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';

/** The document leaves out a large input; the first log entry always has it. Throws `not_found` when that is gone. */
export async function originalInput(documents: Documents, run: Run): Promise<Json> {
  if (run.input !== null) return run.input;
  const [doc] = await documents.query({
    collection: logPath(run.owner, run.run_id),
    orderBy: [{ field: 'n', direction: 'asc' }],
    limit: 1,
  });
  const first = doc === undefined ? undefined : decodeEntry(doc.fields).events[0];
  // Another input than its own would be worse than none.
  if (first?.type !== 'run.created')
    throw new LongrunError('not_found', `Run ${run.run_id} is being removed.`);
  return first.input;
}
