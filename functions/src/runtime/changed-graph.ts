import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { CompiledGraph } from '../project/served-graph.ts';
import type { Json } from '@longrun/shared';
import type { Failure } from '../domain/classify.ts';
import type { Answered } from './origin.ts';

/**
 * A run goes on with the graph as it is now, which a deploy may have changed. LangGraph passes over what it does not find:
 * without these checks a run whose next step was removed would end as completed without having done it.
 */
const HOW_TO_MEND = 'Deploy a graph that has it again and retry the run, or start a new one.';

/** Nodes that are to be executed next and that the graph does not have. */
export function missingNodes(
  graph: Pick<CompiledGraph, 'nodes'>,
  tuple: CheckpointTuple | undefined,
): string[] {
  const values = tuple?.checkpoint.channel_values ?? {};
  const next = Object.keys(values)
    .filter((channel) => channel.startsWith(TRIGGER))
    .map((channel) => channel.slice(TRIGGER.length));
  const sent = targetsIn(values['__pregel_tasks']);
  return [...new Set([...next, ...sent])].filter((node) => !(node in graph.nodes));
}

const TRIGGER = 'branch:to:';

/** A channel of Sends is stored as lists within lists. */
function targetsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(targetsIn);
  if (typeof value !== 'object' || value === null) return [];
  return 'node' in value && typeof value.node === 'string' && 'args' in value ? [value.node] : [];
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
