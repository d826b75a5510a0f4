import { decodeEntry, logPath, type Json, type Run } from '@longrun/shared';
import type { Documents } from '../ports/documents.ts';

/** The document leaves out a large input; the first log entry always has it. */
export async function originalInput(documents: Documents, run: Run): Promise<Json> {
  if (run.input !== null) return run.input;
  const [doc] = await documents.query({
    collection: logPath(run.owner, run.run_id),
    orderBy: [{ field: 'n', direction: 'asc' }],
    limit: 1,
  });
  const first = doc === undefined ? undefined : decodeEntry(doc.fields).events[0];
  return first?.type === 'run.created' ? first.input : null;
}
