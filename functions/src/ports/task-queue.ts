/** What a task says: ids only, everything else is in the run's log. */
export interface RunTask {
  uid: string;
  run_id: string;
}

/** Likewise for telling a run's webhook: of the event with that number. */
export interface WebhookTask extends RunTask {
  webhook: number;
}

export interface TaskQueue {
  /**
   * Delivers the task to a worker at least once, not before `notBefore` (milliseconds since 1970). A second
   * call with the same `name` has no effect while the queue remembers it. `trace`: header with the task's trace context.
   */
  enqueue(
    task: RunTask | WebhookTask,
    options: { name: string; notBefore?: number; trace?: string },
  ): Promise<void>;
  /** Resolves when the queue answers. */
  check(): Promise<void>;
}
