import { maxChannelVersion, TASKS, type CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { atLeast } from '../../lib/version.ts';
import type { DocumentSaver } from './saver.ts';

/** Sends became a channel of the checkpoint with LangGraph 0.4, whose checkpoints are of format 4. */
const FORMAT_WITH_SENDS = 4;

/**
 * A checkpoint of an older format does not hold the Sends that the step before it made: they are among the writes of its
 * parent. Given as the project's LangGraph looks for them: beside the channels before 0.4, as a channel since.
 */
export async function withPendingSends(
  saver: DocumentSaver,
  tuple: CheckpointTuple,
  version: string,
): Promise<CheckpointTuple> {
  if (tuple.checkpoint.v >= FORMAT_WITH_SENDS) return tuple;
  const parent = tuple.parentConfig === undefined ? undefined : await saver.getTuple(tuple.parentConfig);
  const sends = (parent?.pendingWrites ?? [])
    .filter(([, channel]) => channel === TASKS)
    .map(([, , send]) => send);
  const { checkpoint } = tuple;
  if (!atLeast(version, '0.4.0')) {
    const older = { ...checkpoint, pending_sends: sends };
    return { ...tuple, checkpoint: older };
  }
  if (parent === undefined) return tuple;
  const versions = Object.values(checkpoint.channel_versions);
  return {
    ...tuple,
    checkpoint: {
      ...checkpoint,
      channel_values: { ...checkpoint.channel_values, [TASKS]: sends },
      channel_versions: {
        ...checkpoint.channel_versions,
        [TASKS]: versions.length > 0 ? maxChannelVersion(...versions) : saver.getNextVersion(undefined),
      },
    },
  };
}
