import { threadPath, type Run } from '@longrun/shared';
import type { RunStore } from '../runs/run-store.ts';
import { blobsOf, checkpointKey, checkpointsOf, pathOf, writesKeysOf } from '../saver/keys.ts';

/** Documents of one commit. */
const AT_ONCE = 200;

/**
 * Removes the checkpoints of a run that is undone, the newest first, so that whatever stops this in the middle leaves a thread
 * that can go on. None of a later run may be built on them.
 */
export async function removeCheckpointsOf(store: RunStore, run: Run): Promise<void> {
  const { documents } = store;
  const thread = threadPath(run.owner, run.thread_id);
  const entries = await store.entriesAfter(run.owner, run.run_id, -1);
  const keys = entries
    .flatMap(({ events }) => events)
    .flatMap((event) =>
      event.type === 'checkpoint' ? [checkpointKey(event.checkpoint_ns, event.checkpoint_id)] : [],
    );
  for (const key of keys.toReversed()) {
    const writes = writesKeysOf(key);
    const [parts, blobs] = await Promise.all([
      documents.query({
        collection: checkpointsOf(thread),
        where: [
          { field: 'key', op: '>=', value: writes.from },
          { field: 'key', op: '<', value: writes.before },
        ],
        select: ['key'],
      }),
      documents.query({
        collection: blobsOf(thread),
        where: [
          { field: '__name__', op: '>=', value: `${key}!` },
          { field: '__name__', op: '<', value: `${key}"` },
        ],
        select: [],
      }),
    ]);
    const paths = [pathOf(thread, key), ...parts.map(({ path }) => path), ...blobs.map(({ path }) => path)];
    for (let i = 0; i < paths.length; i += AT_ONCE) {
      await documents.commit(paths.slice(i, i + AT_ONCE).map((path) => ({ op: 'delete', path })));
    }
  }
}
