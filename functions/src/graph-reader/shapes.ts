import type { Json, JsonObject } from '@longrun/shared';

/** The objects of the Agent Server API that tell of a thread's state. */
export interface Checkpoint {
  thread_id: string;
  /** Empty for the whole graph. */
  checkpoint_ns: string;
  checkpoint_id: string;
  /** Of a graph within a node: the checkpoints of those around it. */
  checkpoint_map: JsonObject | null;
}

/** Which checkpoint is meant; without an id the newest. */
export interface CheckpointRef {
  checkpoint_id?: string | undefined;
  checkpoint_ns?: string | undefined;
  checkpoint_map?: JsonObject | undefined;
}

export interface AskedQuestion {
  id: string;
  value: Json;
}

export interface ThreadTask {
  id: string;
  name: string;
  path: Json;
  /** JSON text, `{"message","name"}`. */
  error: string | null;
  interrupts: AskedQuestion[];
  /** Where the graph within this node keeps its state, unless `state` holds that. */
  checkpoint: { thread_id: string; checkpoint_ns: string } | null;
  state: ThreadState | null;
  /** What the task returned; null while it did not. */
  result: Json;
}

export interface ThreadState {
  values: Json;
  next: string[];
  tasks: ThreadTask[];
  metadata: JsonObject;
  created_at: string | null;
  checkpoint: Checkpoint | null;
  parent_checkpoint: Checkpoint | null;
}

/** Of a thread on which nothing was executed yet. */
export const EMPTY_STATE: ThreadState = {
  values: {},
  next: [],
  tasks: [],
  metadata: {},
  created_at: null,
  checkpoint: null,
  parent_checkpoint: null,
};
