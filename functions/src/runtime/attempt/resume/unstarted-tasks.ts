import type { RunnableConfig } from '@langchain/core/runnables';
import type { PendingWrite } from '@langchain/langgraph-checkpoint';
import { endOfTask } from '../../saver/end-of-task.ts';

const NO_WRITES = '__no_writes__';
/** LangGraph's mark that a node's own error handler takes over, so that the step goes on. */
const HANDLED = '__error_source_node__';

/**
 * With `maxConcurrency`, tasks wait for their turn. When one throws, LangGraph tells of those that still wait as if they had
 * ended and written nothing; stored, that would make the next attempt take them for done. So after a failure a task that
 * wrote nothing does not count, and is executed (again).
 */
export class UnstartedTasks {
  /** Checkpoints of steps in which a task failed. */
  readonly #failed = new Set<string>();

  /** Whether the task may not have been executed. To be asked of the end of every task, in their order. */
  add(config: RunnableConfig, writes: PendingWrite[]): boolean {
    const { checkpoint_ns, checkpoint_id } = config.configurable ?? {};
    const step = `${String(checkpoint_ns)}!${String(checkpoint_id)}`;
    const channels = writes.map(([channel]) => channel);
    if (endOfTask(writes).error !== undefined && !channels.includes(HANDLED)) this.#failed.add(step);
    return this.#failed.has(step) && channels.length > 0 && channels.every((name) => name === NO_WRITES);
  }
}
