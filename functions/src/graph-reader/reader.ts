import type { Json, JsonObject } from '@longrun/shared';
import { ANSWERS, type AnswerTo, type Call, type CallOf, type StateUpdate, type Updated } from './calls.ts';
import type { CheckpointRef, ThreadState } from './shapes.ts';

interface OfGraph {
  graphId: string;
  /** Of the thread's last run, or of the assistant: what a function that makes graphs is called with. */
  config?: JsonObject;
}

/**
 * What only the compiled graph can tell of a thread. Throws `graph_broken` when the graph cannot be loaded, `graph_error` with
 * what its code or LangGraph throws, `invalid_request` for an update that LangGraph refuses, `too_large`, `unavailable`.
 */
export interface GraphReader {
  state(
    uid: string,
    threadId: string,
    of: OfGraph & { checkpoint?: CheckpointRef; subgraphs?: boolean },
  ): Promise<ThreadState>;
  /** Newest first. `before`: id of a checkpoint. */
  history(
    uid: string,
    threadId: string,
    of: OfGraph & { limit: number; before?: string; metadata?: JsonObject; checkpoint?: CheckpointRef },
  ): Promise<ThreadState[]>;
  /** Throws `thread_busy` while a run goes on on the thread; one that asks does not. */
  update(
    uid: string,
    threadId: string,
    of: OfGraph & {
      supersteps: { updates: StateUpdate[] }[];
      checkpoint?: CheckpointRef;
      metadata?: JsonObject;
    },
  ): Promise<Updated>;
  values(uid: string, threadId: string, of: OfGraph & { checkpointId?: string }): Promise<Json>;
  graph(graphId: string, config: JsonObject, xray: boolean | number): Promise<AnswerTo<'graph'>>;
  subgraphs(graphId: string, namespace?: string, recurse?: boolean): Promise<Record<string, JsonObject>>;
  schemas(graphId: string): Promise<JsonObject>;
}

/** A reader whose calls are answered, as JSON text, by `ask`. */
export function graphReader(ask: (call: Call) => Promise<string>): GraphReader {
  const asked = async <K extends Call['kind']>(kind: K, call: Omit<CallOf<K>, 'kind'>) => {
    const text = await ask({ ...call, kind } as CallOf<K>);
    return ANSWERS[kind].parse(JSON.parse(text)) as AnswerTo<K>;
  };
  const thread = (uid: string, thread_id: string, { graphId, config = {} }: OfGraph) => ({
    uid,
    thread_id,
    graph_id: graphId,
    config,
  });
  return {
    state: (uid, threadId, { checkpoint, subgraphs = false, ...of }) =>
      asked('state', { ...thread(uid, threadId, of), subgraphs, checkpoint }),
    history: (uid, threadId, { checkpoint, limit, before, metadata, ...of }) =>
      asked('history', { ...thread(uid, threadId, of), limit, before, metadata, checkpoint }),
    update: (uid, threadId, { supersteps, checkpoint, metadata = {}, ...of }) =>
      asked('update', { ...thread(uid, threadId, of), supersteps, checkpoint, metadata }),
    values: (uid, threadId, { checkpointId, ...of }) =>
      asked('values', {
        ...thread(uid, threadId, of),
        ...(checkpointId === undefined ? {} : { checkpoint: { checkpoint_id: checkpointId } }),
      }),
    graph: (graph_id, config, xray) => asked('graph', { graph_id, config, xray }),
    subgraphs: (graph_id, namespace, recurse = false) =>
      asked('subgraphs', { graph_id, config: {}, namespace, recurse }),
    schemas: (graph_id) => asked('schemas', { graph_id, config: {} }),
  };
}
