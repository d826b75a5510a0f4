import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';

/** Of a super-step that was not finished: the tasks with results, by LangGraph's own rule. */
export function finishedTasks(tuple: CheckpointTuple | undefined): Set<string> {
  const results = (tuple?.pendingWrites ?? []).filter(
    ([, channel]) => !['__error__', '__interrupt__', '__resume__'].includes(channel),
  );
  return new Set(results.map(([task]) => task));
}
