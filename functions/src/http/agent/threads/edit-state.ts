import { isTerminal, LongrunError, type Json, type JsonObject } from '@longrun/shared';
import type { StateUpdate } from '../../../graph-reader/calls.ts';
import type { Checkpoint, CheckpointRef } from '../../../graph-reader/shapes.ts';
import { dispatchNext } from '../../../runtime/runs/thread-queue.ts';
import type { Services } from '../../services.ts';
import { changeThread } from './change-thread.ts';
import { requireCheckpoint } from './require-checkpoint.ts';
import { requireStored } from './stored-thread.ts';

type EditServices = Pick<Services, 'store' | 'queue' | 'reader'>;

interface Edit {
  checkpoint?: CheckpointRef;
  supersteps: readonly {
    updates: readonly {
      values?: Json | undefined;
      command?: { [name: string]: Json | undefined } | null | undefined;
      as_node?: string | null | undefined;
    }[];
  }[];
}

/**
 * Edits a thread's state. A run that asks there ends in the same commit: what it asked belongs to the state before. Afterwards the thread is
 * `interrupted` where the graph would go on, else `idle`. Throws `invalid_request` before the first run, `thread_busy`.
 */
export async function editState(
  services: EditServices,
  uid: string,
  threadId: string,
  { checkpoint, supersteps }: Edit,
): Promise<{ checkpoint: Checkpoint }> {
  const { store, queue, reader } = services;
  const { thread } = await requireStored(store, uid, threadId);
  const { graph_id: graphId, config, metadata } = thread;
  if (graphId === null) {
    throw new LongrunError(
      'invalid_request',
      `Thread ${threadId} has no graph yet. Start a run on it, or set metadata.graph_id.`,
    );
  }
  if (checkpoint?.checkpoint_id !== undefined) {
    await requireCheckpoint(
      store.documents,
      uid,
      threadId,
      checkpoint.checkpoint_id,
      checkpoint.checkpoint_ns,
    );
  }
  const { assistant_id } = metadata;
  const made = await reader.update(uid, threadId, {
    graphId,
    config,
    supersteps: supersteps.map(({ updates }) => ({ updates: updates.map(asUpdate) })),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    metadata: { graph_id: graphId, ...(assistant_id === undefined ? {} : { assistant_id }) },
  });
  const withdrawn = made.withdrawn === null ? undefined : await store.load(uid, made.withdrawn);
  // Of this run the sweeper sees to what follows, should this process end here.
  if (withdrawn !== undefined && isTerminal(withdrawn.run.status)) {
    await dispatchNext(store, queue, withdrawn.run);
  }
  // A run that has the thread by now says itself what becomes of it.
  const status = made.next.length > 0 ? 'interrupted' : 'idle';
  await changeThread(store, uid, threadId, ({ active_run_id }) =>
    active_run_id === null ? { status } : null,
  );
  return { checkpoint: made.checkpoint };
}

type GivenUpdate = Edit['supersteps'][number]['updates'][number];

function asUpdate({ values, command, as_node }: GivenUpdate): StateUpdate {
  return {
    ...(values === undefined ? {} : { values }),
    ...(command === undefined || command === null ? {} : { command: given(command) }),
    ...(as_node === undefined || as_node === null ? {} : { as_node }),
  };
}

function given(command: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(command).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
