import {
  ERROR,
  RESUME,
  WRITES_IDX_MAP,
  type PendingWrite,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { ofChannel, serialize } from './serialize.ts';
import type { Serialized } from './packer.ts';

/** One write of a task: its place among the task's writes, negative for LangGraph's own channels. */
export interface Entry extends Serialized {
  channel: string;
  index: number;
}

/** LangGraph's mark that a node's own error handler takes over for the task. */
const ERROR_SOURCE_NODE = '__error_source_node__';

/**
 * What counts of the writes that a task hands in at its end.
 *
 * A task may fail after part of its writes was made: when a sibling throws, LangGraph aborts the others between
 * their steps, and a node that wrote its result but not yet the mark that its join waits for ends with both
 * `__error__` and that result. Stored, the result would make the next attempt take the task for done, and what
 * comes after the join would never run. So a failed task keeps only LangGraph's own writes and runs again. If an
 * error handler takes over, the run goes on with what the task wrote, and so must a resumed one.
 *
 * An answer that a failed task took is not stored with its failure either: it is given to the task again, and would
 * else be there twice, the second time as the answer to the task's next question.
 */
function effectiveWrites(writes: PendingWrite[]): { channel: string; index: number; value: unknown }[] {
  const channels = new Set(writes.map(([channel]) => channel));
  const failed = channels.has(ERROR) && !channels.has(ERROR_SOURCE_NODE);
  return writes
    .map(([channel, value], i) => ({ channel, index: WRITES_IDX_MAP[channel] ?? i, value }))
    .filter(({ index, channel }) => !failed || (index < 0 && channel !== RESUME));
}

export async function entriesOf(serde: SerializerProtocol, writes: PendingWrite[]): Promise<Entry[]> {
  const kept = effectiveWrites(writes);
  return await Promise.all(
    kept.map(async ({ channel, index, value }) => ({
      channel,
      index,
      ...(await ofChannel(channel, () => serialize(serde, value))),
    })),
  );
}

/** A result that is stored stays, whoever writes it again; LangGraph's own channels are replaced. */
export function mergeEntries(stored: Entry[], added: Entry[]): Entry[] {
  const merged = new Map(stored.map((entry) => [entry.index, entry]));
  const results = new Set([...merged.keys()].filter((index) => index >= 0));
  for (const entry of added) if (!results.has(entry.index)) merged.set(entry.index, entry);
  return [...merged.values()];
}
