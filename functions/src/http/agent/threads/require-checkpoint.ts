import { LongrunError } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { hasCheckpoint } from '../../../runtime/saver/has-checkpoint.ts';

/** LangGraph would set out from nothing when the checkpoint is not there. Throws `not_found`. */
export async function requireCheckpoint(
  documents: Documents,
  uid: string,
  threadId: string,
  id: string,
  ns = '',
): Promise<void> {
  if (await hasCheckpoint(documents, { owner: uid, thread_id: threadId }, id, ns)) return;
  throw new LongrunError('not_found', `Thread ${threadId} has no checkpoint ${id.slice(0, 100)}.`);
}
