import type { TaskInfo } from '../../../ports/checkpoint-sink.ts';
import type { Question } from './questions.ts';

/** The questions that tasks ended with in this attempt. A task that was executed anew asks anew. */
export class AskedQuestions {
  readonly #byTask = new Map<string, { interrupt: unknown; question: Question }[]>();
  /** By LangGraph's object for the question: the task that is taken for the one that asked. */
  readonly #askers = new Map<unknown, { task: string; depth: number }>();

  /**
   * LangGraph hands a question on to the tasks above (the graph around a subgraph, the entrypoint around a task), where it is
   * the same object. It belongs to the task in the innermost graph; of those in one graph, to the one that comes first.
   */
  add(info: TaskInfo, node: string | undefined): void {
    const { task_id: task, checkpoint_ns, checkpoint_id, answers } = info;
    const depth = checkpoint_ns === '' ? 0 : checkpoint_ns.split('|').length;
    const own = info.interrupts.filter((interrupt) => {
      const asker = this.#askers.get(interrupt);
      return asker === undefined || asker.depth < depth;
    });
    if (own.length === 0) return;
    for (const interrupt of own) {
      this.#takeFrom(this.#askers.get(interrupt)?.task, interrupt);
      this.#askers.set(interrupt, { task, depth });
    }
    this.#byTask.set(
      task,
      own.map((interrupt, i) => {
        const { id, value } = fieldsOf(interrupt);
        const asker = { task, checkpoint_ns, checkpoint_id, index: answers + i };
        return { interrupt, question: { id: typeof id === 'string' ? id : undefined, value, node, asker } };
      }),
    );
  }

  open(): Question[] {
    return [...this.#byTask.values()].flat().map(({ question }) => question);
  }

  #takeFrom(task: string | undefined, interrupt: unknown): void {
    if (task === undefined) return;
    this.#byTask.set(
      task,
      (this.#byTask.get(task) ?? []).filter((asked) => asked.interrupt !== interrupt),
    );
  }
}

function fieldsOf(interrupt: unknown): { id?: unknown; value?: unknown } {
  return typeof interrupt === 'object' && interrupt !== null ? interrupt : {};
}
