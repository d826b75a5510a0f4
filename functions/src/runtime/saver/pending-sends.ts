import { TASKS, type CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { atLeast } from '../../lib/version.ts';

/** From here on Sends are a channel of the checkpoint. */
const SENDS_IN_CHANNEL = '0.4.0';

/**
 * The saver gives Sends as a channel, as LangGraph has them today. Older versions look for them beside the channels, and
 * would take a channel that they do not know for one that was changed.
 */
export function forVersion(tuple: CheckpointTuple, version: string): CheckpointTuple {
  if (atLeast(version, SENDS_IN_CHANNEL)) return tuple;
  const { [TASKS]: sends = [], ...channel_values } = tuple.checkpoint.channel_values;
  const { [TASKS]: _, ...channel_versions } = tuple.checkpoint.channel_versions;
  const checkpoint = { ...tuple.checkpoint, channel_values, channel_versions, pending_sends: sends };
  return { ...tuple, checkpoint };
}
