import type { Json } from './json.ts';
import type { Asker, OpenInterrupt, Progress, RunError, Source, Stops, StreamRequest } from './events.ts';
import type { Message } from './messages.ts';
import type { RunStatus } from './status.ts';

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  /** Those of the input that came from a provider's cache; absent when no call named any. */
  cached_tokens?: number;
  /** Sum of the known costs; absent when no call named one. */
  cost_usd?: number;
  calls: number;
}

/** A node that is executing now. `started_at` is ISO 8601, like every time here. */
export interface ActiveNode {
  task: string;
  node: string;
  ns: string[];
  started_at: string;
}

/** Where the spans of a run are. Times are milliseconds since 1970. */
export interface TraceRef {
  /** 32 hex digits. */
  id: string;
  /** Decimal id of the caller's span, when the caller is traced itself. */
  parent?: string | undefined;
  /** Since when somebody waits for the run: the click, or the request. */
  since: number;
  /** When the newest attempt began; null before the first. */
  attempt_at: number | null;
}

/** What followed an answer; the run itself is the first turn. */
export interface Turn {
  /** Under which the Agent Server API knows it. */
  run_id: string;
  /** The API's `kwargs`; null when it was answered otherwise, or when they are too large to be kept here. */
  request: Json;
  /** The run's metadata from here on; null: as before. */
  metadata: Json;
  /** The event that began it. */
  seq: number;
  at: string;
  /** Since when the turn before it had asked, which is when that ended. */
  asked_at: string | null;
}

/** One glance at a run: the fold of its log, kept as the run document. */
export interface Run {
  run_id: string;
  thread_id: string;
  owner: string;
  assistant_id: string;
  status: RunStatus;
  title: string;
  created_at: string;
  started_at: string | null;
  updated_at: string;
  finished_at: string | null;
  /** Null when larger than INPUT_LIMIT; the log's first entry always holds it. */
  input: Json;
  /** Size of an input that is left out here, in bytes of JSON; null when it is not. */
  input_bytes: number | null;
  config: Json;
  metadata: Json;
  /** What the graph reads as its runtime's `context`; null when the request named none. */
  context: Json;
  /** Stops beyond those that the graph was compiled with; null when the request named none. */
  interrupt_before: Stops | null;
  interrupt_after: Stops | null;
  nodes: ActiveNode[];
  progress: Progress | null;
  steps_done: number;
  attempt: number;
  /** Attempts since the last progress that ended in an error. */
  failures: number;
  /** Attempts since the last progress of which nothing was heard any more: their process ended, whatever ended it. */
  lost: number;
  /** The worker that executes it; null when none does. */
  holder: string | null;
  retry_at: string | null;
  messages: Message[];
  /** How many of the oldest messages are left out here; null when all are there. The log holds them. */
  messages_dropped: number | null;
  /** Null when larger than OUTPUT_LIMIT; the thread's state holds it then. */
  output: Json;
  /** Size of an output that is left out here, in bytes of JSON; null when it is not. */
  output_bytes: number | null;
  error: RunError | null;
  interrupts: OpenInterrupt[];
  /** Given, and not yet taken by the step that asked. */
  answers: { [interruptId: string]: Json };
  /** Who asked the questions that were answered since the last checkpoint, by question. */
  askers: { [interruptId: string]: Asker };
  /** Since when it waits for a person; null when it does not. */
  asked_at: string | null;
  /** Milliseconds in which it waited for a person so far. */
  waited_ms: number;
  usage: Usage;
  usage_by_node: { [node: string]: Usage };
  sources: Source[];
  cancel_requested: boolean;
  /** Should it end cancelled, it is undone: the thread is held until its checkpoints are removed, and it is gone for readers. */
  rollback_requested: boolean;
  /** What was said when it was cancelled. */
  cancel_reason: string | null;
  last_checkpoint: string | null;
  /** The thread's checkpoint from which the run set out; null when there was none, or none is known yet. */
  base_checkpoint: string | null;
  retry_of: string | null;
  /** Waits for another run of its thread to end. */
  queued: boolean;
  supersedes: string | null;
  rollback_of: string | null;
  run_timeout_ms: number | null;
  step_timeout_ms: number | null;
  /** URL that is told when the run ends or asks something. */
  webhook: string | null;
  /** The Agent Server API's `kwargs` of the first turn, without the input; null for a run that was made otherwise. */
  request: Json;
  /** LangGraph's command, until the first checkpoint after it. */
  command: Json;
  /** What the log holds of LangGraph's own stream; null for nothing. */
  stream: StreamRequest | null;
  /** Before this moment it does not start; null: at once. */
  start_at: string | null;
  /** The newest, in order. */
  turns: Turn[];
  /** It was cancelled while it waited for a person: its last turn had ended before. */
  withdrawn: boolean;
  /** Null: the run is not traced. */
  trace: TraceRef | null;
  /** The last log entry and event that are folded in. */
  head: { entry: number; seq: number };
}
