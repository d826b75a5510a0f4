import { LongrunError } from '@longrun/shared';
import type { CompiledGraph } from '../project/served-graph.ts';

/** Methods of a compiled graph that not every version of LangGraph has. */
interface Methods {
  getStateHistory(config: object, options: object): AsyncIterable<unknown>;
  bulkUpdateState(config: object, supersteps: object[]): Promise<unknown>;
  updateState(config: object, values: unknown, asNode?: string): Promise<unknown>;
  getGraphAsync(options: object): Promise<{ toJSON(): unknown }>;
  getSubgraphsAsync(namespace?: string, recurse?: boolean): AsyncIterable<[string, CompiledGraph]>;
  getSubgraphs(namespace?: string, recurse?: boolean): Iterable<[string, CompiledGraph]>;
}

export function hasMethod<K extends keyof Methods>(
  graph: CompiledGraph,
  name: K,
): graph is CompiledGraph & Pick<Methods, K> {
  return typeof Reflect.get(graph, name) === 'function';
}

/** Throws `graph_error` when the project's LangGraph does not have it. */
export function withMethod<K extends keyof Methods>(graph: CompiledGraph, name: K): Pick<Methods, K> {
  if (hasMethod(graph, name)) return graph;
  throw new LongrunError(
    'graph_error',
    `The graph's version of LangGraph has no ${name}. Update @langchain/langgraph in its project.`,
  );
}
