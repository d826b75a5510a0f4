import { created, titleOf, type CreateRun, type Json, type Run } from '@longrun/shared';

/** The run as it will look in a moment. `queued`: behind another one of its thread. `head.seq` 0 lets everything the server says replace it. */
export function optimisticRun(
  request: CreateRun & { run_id: string; input: Json },
  now: number,
  queued: boolean,
): Run {
  const { run_id, assistant_id, input } = request;
  const run = created({
    type: 'run.created',
    seq: 1,
    at: now,
    run_id,
    thread_id: request.thread_id ?? run_id,
    owner: '',
    assistant_id,
    title: titleOf(input, assistant_id),
    input,
    config: null,
    metadata: null,
    context: request.context ?? null,
    ...(request.interrupt_before == null ? {} : { interrupt_before: request.interrupt_before }),
    ...(request.interrupt_after == null ? {} : { interrupt_after: request.interrupt_after }),
    queued,
  });
  return {
    ...run,
    // The page has all of it, however long it is.
    input,
    input_bytes: null,
    head: { entry: -1, seq: 0 },
  };
}
