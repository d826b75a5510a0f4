import { isObject, jsonBytes, type Json, type JsonObject, type Run } from '@longrun/shared';
import type { CompiledGraph } from '../../project/served-graph.ts';
import { metadataOf, turnIdOf } from '../runs/turns.ts';

/** Super-steps a run may take unless its config or its graph says otherwise; LangGraph's own default of 25 suits chats. */
const RECURSION_LIMIT = 1_000;

/**
 * What the graph reads as `config`, in the names of LangGraph.js. `configurable` is what its factory sees as well. `version`: of
 * the project's LangGraph.
 */
export function runConfig(run: Run, version: string) {
  const given: JsonObject = isObject(run.config) ? run.config : {};
  const { checkpoint_id: _, checkpoint_map: __, ...configurable } = objectOr(given['configurable']);
  const ids = { graph_id: run.assistant_id, assistant_id: assistantOf(run) };
  const { tags, max_concurrency } = given;
  return {
    configurable: {
      ...configurable,
      thread_id: run.thread_id,
      checkpoint_ns: '',
      run_id: turnIdOf(run),
      user_id: configurable['langgraph_auth_user_id'] ?? run.owner,
      ...ids,
    },
    ...(Array.isArray(tags) ? { tags: tags.map(String) } : {}),
    ...(typeof max_concurrency === 'number' ? { maxConcurrency: max_concurrency } : {}),
    metadata: {
      created_by: 'system',
      ...ids,
      ...objectOr(given['metadata']),
      ...objectOr(metadataOf(run)),
      run_attempt: run.attempt,
      langgraph_version: version,
      thread_id: run.thread_id,
      run_id: turnIdOf(run),
    },
  };
}

/** The assistant's own id, when the run was made by a client of the Agent Server API. */
function assistantOf(run: Run): Json {
  const request = run.turns.findLast((turn) => turn.request !== null)?.request ?? run.request;
  const id = objectOr(request)['assistant_id'];
  return typeof id === 'string' ? id : run.assistant_id;
}

/** More of the run's metadata is not repeated in each of its checkpoints. Bytes of JSON. */
const MAX_ABOUT = 4_000;

/** What the metadata of the run's checkpoints says of it. */
export function aboutRun(run: Run): JsonObject {
  const metadata = objectOr(metadataOf(run));
  return {
    ...(jsonBytes(metadata) > MAX_ABOUT ? {} : metadata),
    graph_id: run.assistant_id,
    assistant_id: assistantOf(run),
    run_id: turnIdOf(run),
  };
}

/** The run's own limit, else the one that the graph's author set, else ours. */
export function recursionLimit(run: Run, graph: CompiledGraph): number {
  const given = isObject(run.config) ? run.config['recursion_limit'] : undefined;
  if (typeof given === 'number' && given > 0) return given;
  const own: unknown = Reflect.get(graph, 'config');
  const limit: unknown =
    typeof own === 'object' && own !== null ? Reflect.get(own, 'recursionLimit') : undefined;
  return typeof limit === 'number' ? limit : RECURSION_LIMIT;
}

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
