import { threadPath } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { checkpointKey, checkpointOfWrites, checkpointsOf, keysOf } from '../../../runtime/saver/keys.ts';

/** Whether this is where the thread stands: to set out from there is to go on. */
export async function isNewest(
  documents: Documents,
  uid: string,
  threadId: string,
  { checkpoint_id: id, checkpoint_ns: ns = '' }: { checkpoint_id?: string; checkpoint_ns?: string },
): Promise<boolean> {
  if (id === undefined || ns !== '') return false;
  const { after, before } = keysOf('');
  const [newest] = await documents.query({
    collection: checkpointsOf(threadPath(uid, threadId)),
    where: [
      { field: 'key', op: '>', value: after },
      { field: 'key', op: '<', value: before },
    ],
    orderBy: [{ field: 'key', direction: 'desc' }],
    limit: 1,
    select: ['key'],
  });
  const key = newest?.fields['key'];
  return typeof key === 'string' && checkpointOfWrites(key) === checkpointKey('', id);
}
