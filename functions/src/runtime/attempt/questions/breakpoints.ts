import type { Checkpoint, CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { Json, OpenInterrupt } from '@longrun/shared';
import { uuid5 } from '../../../lib/uuid5.ts';

/**
 * LangGraph takes every breakpoint for passed when it goes on with what was next, which is also how a run goes on after a
 * crash or a hand-over. So that nothing behind a breakpoint is executed before somebody was asked, a checkpoint that was
 * made after the last answer to a breakpoint is given to LangGraph with a change in it that it has not seen.
 */
const PREFIX = 'breakpoint-';
/** The id of every breakpoint in runs of before December 2026. */
const EARLIER = 'breakpoint';

/**
 * The question of a graph that stops before or after a node: any answer goes on. `newest`: ids of the checkpoints at which
 * the graph and its subgraphs stand. Ids begin with their time, so the greatest names the moment.
 */
export function breakpoint(next: readonly string[], newest: readonly string[]): OpenInterrupt {
  return { id: `${PREFIX}${newest.toSorted().at(-1) ?? ''}`, value: { breakpoint: [...next] } };
}

/**
 * The moment up to which breakpoints were answered: what is next at a checkpoint with this id or a smaller one may start.
 * `last`: the run's last checkpoint, after which no answer was taken.
 */
export function passedUpTo(answers: { [id: string]: Json }, last: string): string {
  const moments = Object.keys(answers)
    .filter(isBreakpoint)
    .map((id) => (id === EARLIER ? last : id.slice(PREFIX.length)));
  return moments.toSorted().at(-1) ?? '';
}

export const isBreakpoint = (id: string) => id === EARLIER || id.startsWith(PREFIX);

/** Whether nobody said yet that what is next at the checkpoint may start. A step that has begun was let through. */
export function isUnpassed(
  { checkpoint, pendingWrites = [] }: CheckpointTuple,
  passed: string | null,
): boolean {
  return (
    passed !== null && checkpoint.id > passed && pendingWrites.every(([task]) => task === editOf(checkpoint))
  );
}

/** Under which LangGraph stores what an edit of the state wrote, with the checkpoint that was edited. */
const editOf = ({ id }: Checkpoint) => uuid5('__interrupt__', id);

/** No channel has this name, so LangGraph never notes that it has seen its version. */
const UNSEEN = 'longrun:unseen';

/** The same checkpoint, with which LangGraph stops before the nodes that it is told to stop before. */
export function unpassed(tuple: CheckpointTuple): CheckpointTuple {
  const { channel_versions } = tuple.checkpoint;
  const [version] = Object.values(channel_versions);
  if (version === undefined) return tuple;
  const checkpoint = { ...tuple.checkpoint, channel_versions: { ...channel_versions, [UNSEEN]: version } };
  return { ...tuple, checkpoint };
}

/** What LangGraph made of it, to be stored. */
export function withoutMark(checkpoint: Checkpoint): Checkpoint {
  if (!(UNSEEN in checkpoint.channel_versions)) return checkpoint;
  const { [UNSEEN]: _, ...channel_versions } = checkpoint.channel_versions;
  return { ...checkpoint, channel_versions };
}

/** Whether a node that the graph is to stop after has ended with the checkpoint. */
export function stopsAfter(nodes: unknown, tuple: CheckpointTuple, parent: CheckpointTuple): boolean {
  if (tuple.metadata?.source !== 'loop') return false;
  const before = parent.checkpoint.versions_seen;
  return Object.entries(tuple.checkpoint.versions_seen).some(
    ([node, seen]) =>
      !node.startsWith('__') &&
      (nodes === '*' || (Array.isArray(nodes) && nodes.includes(node))) &&
      JSON.stringify(seen) !== JSON.stringify(before[node]),
  );
}
