import type { Json } from './json.ts';
import type { OpenInterrupt, Progress, RunError, Source } from './events.ts';
import type { Message } from './messages.ts';
import type { RunStatus } from './status.ts';

export interface Usage {
  input_tokens: number;
  output_tokens: number;
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
  config: Json;
  metadata: Json;
  nodes: ActiveNode[];
  progress: Progress | null;
  steps_done: number;
  attempt: number;
  /** Attempts since the last progress that ended in a crash or an error. */
  failures: number;
  retry_at: string | null;
  messages: Message[];
  output: Json;
  error: RunError | null;
  interrupts: OpenInterrupt[];
  answers: { [interruptId: string]: Json };
  usage: Usage;
  usage_by_node: { [node: string]: Usage };
  sources: Source[];
  cancel_requested: boolean;
  last_checkpoint: string | null;
  /** The last log entry and event that are folded in. */
  head: { entry: number; seq: number };
}
