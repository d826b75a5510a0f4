import type { Checkpoint } from '@langchain/langgraph-checkpoint';
import type { Json } from '@longrun/shared';
import type { Head } from './head.ts';
import { stateToJson } from '../attempt/stream/message-events.ts';

/** The functional API keeps what it returned in a channel of its own. */
const RETURNED = '__end__';

/**
 * The state that a checkpoint holds, messages flat; undefined when it does not hold all of it, for a channel that stores
 * differences has a version and no value. `channels`: those of the graph's state, where they are known; a single one is the
 * state itself.
 */
export function stateIn(
  { channel_values: values, channel_versions: versions }: Checkpoint,
  channels?: string | readonly string[],
): Json | undefined {
  if (typeof channels === 'string') return channels in values ? stateToJson(values[channels]) : undefined;
  if (channels === undefined && RETURNED in values) return stateToJson(values[RETURNED]);
  const isState = stateChannels(channels);
  if (!Object.keys(versions).every((name) => !isState(name) || name in values)) return undefined;
  return stateToJson(Object.fromEntries(Object.entries(values).filter(([name]) => isState(name))));
}

/** Whether a checkpoint has a value of each channel of the state, as far as is known which those are. */
export function holdsWholeState(
  { values, channelVersions }: Pick<Head, 'values' | 'channelVersions'>,
  channels?: string | readonly string[],
): boolean {
  const isState =
    typeof channels === 'string' ? (name: string) => name === channels : stateChannels(channels);
  return Object.keys(channelVersions).every((name) => !isState(name) || values.has(name));
}

function stateChannels(channels: readonly string[] | undefined): (name: string) => boolean {
  const known = channels === undefined ? undefined : new Set(channels);
  return (name) => known?.has(name) ?? !isInternal(name);
}

/** Channels that LangGraph makes for its own bookkeeping: they are no part of a graph's state. */
function isInternal(channel: string): boolean {
  return channel.startsWith('__') || channel.startsWith('branch:') || channel.startsWith('join:');
}
