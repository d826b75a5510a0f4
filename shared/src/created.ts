import { INPUT_LIMIT, TURNS_LIMIT } from './document-limits.ts';
import type { EventOf } from './events.ts';
import { jsonBytes, type Json } from './json.ts';
import type { Run, TraceRef } from './run.ts';
import { iso } from './transition.ts';

/** The run that a log begins with. */
export function created(event: EventOf<'run.created'>): Run {
  const at = iso(event.at);
  return {
    run_id: event.run_id,
    thread_id: event.thread_id,
    owner: event.owner,
    assistant_id: event.assistant_id,
    status: 'pending',
    title: event.title,
    created_at: at,
    started_at: null,
    updated_at: at,
    finished_at: null,
    ...kept(event.input),
    config: event.config,
    metadata: event.metadata,
    context: event.context ?? null,
    interrupt_before: event.interrupt_before ?? null,
    interrupt_after: event.interrupt_after ?? null,
    nodes: [],
    progress: null,
    steps_done: 0,
    attempt: 0,
    failures: 0,
    lost: 0,
    holder: null,
    retry_at: null,
    messages: [],
    messages_dropped: null,
    output: null,
    output_bytes: null,
    error: null,
    interrupts: [],
    answers: {},
    askers: {},
    asked_at: null,
    waited_ms: 0,
    usage: { input_tokens: 0, output_tokens: 0, calls: 0 },
    usage_by_node: {},
    sources: [],
    cancel_requested: false,
    rollback_requested: false,
    cancel_reason: null,
    last_checkpoint: null,
    base_checkpoint: null,
    retry_of: event.retry_of ?? null,
    queued: event.queued ?? false,
    supersedes: event.supersedes ?? null,
    rollback_of: event.rollback_of ?? null,
    run_timeout_ms: event.run_timeout_ms ?? null,
    step_timeout_ms: event.step_timeout_ms ?? null,
    webhook: event.webhook ?? null,
    request: keptRequest(event.request),
    command: event.command ?? null,
    stream: event.stream ?? null,
    start_at: event.start_at === undefined ? null : iso(event.start_at),
    turns: [],
    withdrawn: false,
    trace: traced(event.trace),
    head: { entry: 0, seq: 1 },
  };
}

function kept(input: Json): Pick<Run, 'input' | 'input_bytes'> {
  const bytes = jsonBytes(input);
  return bytes <= INPUT_LIMIT ? { input, input_bytes: null } : { input: null, input_bytes: bytes };
}

function keptRequest(request: Json = null): Json {
  return jsonBytes(request) <= TURNS_LIMIT ? request : null;
}

/** Field by field: a log that was read may hold them in another order, and must fold to the same text. */
function traced(trace: EventOf<'run.created'>['trace']): TraceRef | null {
  if (trace === undefined) return null;
  const { id, parent, since } = trace;
  return { id, ...(parent === undefined ? {} : { parent }), since, attempt_at: null };
}
