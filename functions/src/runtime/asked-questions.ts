import type { TaskInfo } from '../ports/checkpoint-sink.ts';
import type { Question } from './questions.ts';

/** The questions that tasks ended with in this attempt. A task that was executed anew asks anew. */
export class AskedQuestions {
  readonly #byTask = new Map<string, Question[]>();
  readonly #seen = new Set<unknown>();

  /**
   * LangGraph hands a question on to the tasks above (the graph around a subgraph, the entrypoint around a task), where it is
   * the same object: it belongs to the task that asked, which comes first.
   */
  add(info: TaskInfo, node: string | undefined): void {
    const { task_id, checkpoint_ns, checkpoint_id, answers } = info;
    const own = info.interrupts.filter((interrupt) => !this.#seen.has(interrupt));
    if (own.length === 0) return;
    for (const interrupt of own) this.#seen.add(interrupt);
    this.#byTask.set(
      task_id,
      own.map((interrupt, i) => {
        const { id, value } = fieldsOf(interrupt);
        return {
          id: typeof id === 'string' ? id : undefined,
          value,
          node,
          asker: { task: task_id, checkpoint_ns, checkpoint_id, index: answers + i },
        };
      }),
    );
  }

  open(): Question[] {
    return [...this.#byTask.values()].flat();
  }
}

function fieldsOf(interrupt: unknown): { id?: unknown; value?: unknown } {
  return typeof interrupt === 'object' && interrupt !== null ? interrupt : {};
}
