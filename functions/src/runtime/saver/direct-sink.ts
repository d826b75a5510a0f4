import type { CheckpointSink } from '../../ports/checkpoint-sink.ts';
import type { Documents } from '../../ports/documents.ts';

/** Commits at once: for a saver that is used outside of a run. */
export function directSink(documents: Documents): CheckpointSink {
  return {
    checkpoint: (_info, writes) => documents.commit(writes),
    taskWrites: (_info, writes) => documents.commit(writes),
  };
}
