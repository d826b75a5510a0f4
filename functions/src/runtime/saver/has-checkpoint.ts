import { threadPath, type Run } from '@longrun/shared';
import type { Documents } from '../../ports/documents.ts';
import { checkpointKey, pathOf } from './keys.ts';

/** Whether the run's thread has this checkpoint. What is left of one that was pruned is none. */
export async function hasCheckpoint(
  documents: Documents,
  { owner, thread_id }: Pick<Run, 'owner' | 'thread_id'>,
  id: string,
  ns = '',
): Promise<boolean> {
  const [document] = await documents.get([pathOf(threadPath(owner, thread_id), checkpointKey(ns, id))]);
  return typeof document?.fields['head'] === 'string';
}
