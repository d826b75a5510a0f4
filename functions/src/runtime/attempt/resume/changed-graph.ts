import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { CompiledGraph } from '../../../project/served-graph.ts';
import type { Json } from '@longrun/shared';
import type { Failure } from '../../../domain/classify.ts';
import type { Answered } from './origin.ts';

/**
 * A run goes on with the graph as it is now, which a deploy may have changed. LangGraph passes over what it does not find:
 * without these checks a run whose next step was removed would end as completed without having done it.
 */
const HOW_TO_MEND = 'Deploy a graph that has it again and retry the run, or start a new one.';

/** Nodes that are to be executed next and that the graph does not have. */
export function missingNodes(
  graph: Pick<CompiledGraph, 'channels' | 'nodes'>,
  tuple: CheckpointTuple | undefined,
): string[] {
  if (tuple === undefined) return [];
  const broken = begunJoins(tuple)
    .filter(({ channel }) => !(channel in graph.channels))
    .flatMap(({ from, to }) => {
      const gone = [...from, to].filter((node) => !(node in graph.nodes));
      return gone.length > 0 ? gone : [to];
    });
  const gone = nextNodes(tuple).filter((node) => !(node in graph.nodes));
  return [...new Set([...gone, ...broken])];
}

/** Nodes that are to be executed at a checkpoint, or after the tasks whose results are stored with it. */
export function nextNodes({ checkpoint, pendingWrites = [] }: CheckpointTuple): string[] {
  const written = pendingWrites.map(([, channel, value]) => [channel, value] as const);
  const next = [...Object.entries(checkpoint.channel_values), ...written].flatMap(([channel, value]) => {
    if (isTrigger(channel)) return [channel.slice(TRIGGER.length)];
    return channel === '__pregel_tasks' ? targetsIn(value) : [];
  });
  return [...new Set(next)];
}

/** Whether the graph had not ended at the checkpoint. */
export function hasWork(tuple: CheckpointTuple | undefined): boolean {
  if (tuple === undefined) return false;
  const full = begunJoins(tuple).some(({ from, seen }) => from.every((node) => seen.includes(node)));
  return full || nextNodes(tuple).length > 0 || '__start__' in tuple.checkpoint.channel_values;
}

const TRIGGER = 'branch:to:';

export const isTrigger = (channel: string): boolean => channel.startsWith(TRIGGER);

/** The channel that starts a node. */
export const triggerOf = (node: string) => `${TRIGGER}${node}`;

const JOIN = /^join:(.+):([^:]+)$/;

/** Edges from several nodes to one, which some of them have passed. */
function begunJoins({ checkpoint, pendingWrites = [] }: CheckpointTuple) {
  const written = pendingWrites.map(([, channel, value]) => [channel, [value]] as const);
  return [...Object.entries(checkpoint.channel_values), ...written].flatMap(([channel, value]) => {
    const [, from, to] = JOIN.exec(channel) ?? [];
    const seen: unknown[] = Array.isArray(value) ? value.flat() : [];
    if (from === undefined || to === undefined || seen.length === 0) return [];
    return [{ channel, from: from.split('+'), to, seen }];
  });
}

/** A channel of Sends is stored as lists within lists. */
function targetsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(targetsIn);
  if (typeof value !== 'object' || value === null) return [];
  return 'node' in value && typeof value.node === 'string' && 'args' in value ? [value.node] : [];
}

/** Thrown to end an attempt in the middle, before what the graph did without the step is stored. */
export class GraphChanged extends Error {
  readonly failure: Failure;

  constructor(nodes: string[]) {
    const failure = removedNodes(nodes);
    super(failure.error.message);
    this.name = 'GraphChanged';
    this.failure = failure;
  }
}

export function removedNodes(nodes: string[]): Failure {
  const names = nodes.map((node) => `"${node}"`).join(', ');
  return changed(
    `The run was to go on with ${names}, which the graph does not have any more. ${HOW_TO_MEND}`,
  );
}

/** Questions whose answer no step took, since the step that asked was not executed again. */
export function droppedAnswers({ answers, askers }: Answered, executed: (task: string) => boolean): string[] {
  return Object.keys(answers).filter((id) => {
    const asker = askers[id];
    return asker !== undefined && !executed(asker.task);
  });
}

export function unansweredStep(ids: string[]): Failure {
  return changed(
    `The step that asked (${ids.join(', ')}) is not in the graph any more, so nothing could take the answer; it is kept. ${HOW_TO_MEND}`,
    { interrupts: ids },
  );
}

/** `next`: where the graph stands, if anywhere. */
export function nothingToDo(next: readonly unknown[]): Failure {
  const names = next.map((node) => `"${String(node)}"`).join(', ');
  return changed(
    next.length === 0
      ? `The run was to go on, but the graph as it is now has no step to execute. ${HOW_TO_MEND}`
      : `The run was to go on with ${names}, but the graph as it is now stops there again and does nothing: a node or a key of its state is not as it was. ${HOW_TO_MEND}`,
  );
}

function changed(message: string, details?: Json): Failure {
  const error = { code: 'graph_changed', message, ...(details === undefined ? {} : { details }) };
  return { error, retryable: false };
}
