import type { DocumentWrite } from './documents.ts';

/** A checkpoint that the saver is asked to store. */
export interface CheckpointInfo {
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string;
  parent_id: string | undefined;
  step: number;
  /** Whether the tasks of a step have ended with it; otherwise it holds an input, an edit or a fork. */
  endsStep: boolean;
  /** What the channels hold. */
  values: Record<string, unknown>;
  /** By node and channel: the version that the node was started with last. */
  versionsSeen: Record<string, Record<string, number | string>>;
  /** Channels whose whole value the checkpoint holds. */
  channels: string[];
}

/** What a task of the step after a checkpoint wrote when it ended. */
export interface TaskInfo {
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string;
  task_id: string;
  /** Channels written, in order; names with `__` are LangGraph's own (`__error__`, `__interrupt__`). */
  channels: string[];
  /** LangGraph's interrupts, with which the task ended: `{ value, id? }`. */
  interrupts: unknown[];
  /** Answers that the task was given before it asked. */
  answers: number;
  /** Why the task failed, when it did; null when it was only told to stop. */
  error: string | null | undefined;
}

/**
 * Where a saver's writes go. A worker's sink holds them back and commits them in one batch with the log entry
 * that reports them; the direct sink commits at once. Either promise resolves when the writes are durable and
 * rejects when they were refused.
 */
export interface CheckpointSink {
  checkpoint(info: CheckpointInfo, writes: DocumentWrite[]): Promise<void>;
  taskWrites(info: TaskInfo, writes: DocumentWrite[]): Promise<void>;
}
