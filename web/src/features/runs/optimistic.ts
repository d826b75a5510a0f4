import { titleOf, type CreateRun, type Json, type Run } from '@longrun/shared';

/** The run as it will look in a moment; `head.seq` 0 lets everything the server says replace it. */
export function optimisticRun(request: CreateRun & { run_id: string; input: Json }, now: number): Run {
  const at = new Date(now).toISOString();
  return {
    run_id: request.run_id,
    thread_id: request.thread_id ?? request.run_id,
    owner: '',
    assistant_id: request.assistant_id,
    status: 'pending',
    title: titleOf(request.input, request.assistant_id),
    created_at: at,
    started_at: null,
    updated_at: at,
    finished_at: null,
    input: request.input,
    config: null,
    metadata: null,
    nodes: [],
    progress: null,
    steps_done: 0,
    attempt: 0,
    failures: 0,
    retry_at: null,
    messages: [],
    output: null,
    error: null,
    interrupts: [],
    answers: {},
    usage: { input_tokens: 0, output_tokens: 0, calls: 0 },
    usage_by_node: {},
    sources: [],
    cancel_requested: false,
    last_checkpoint: null,
    head: { entry: -1, seq: 0 },
  };
}
