import type { BaseCheckpointSaver, BaseStore, CompiledStateGraph } from '@langchain/langgraph';
import type { BaseCache } from '@langchain/langgraph-checkpoint';

/** What the worker calls of a compiled graph, whichever version of LangGraph made it. */
export interface CompiledGraph extends Pick<
  CompiledStateGraph<unknown, unknown, string>,
  'channels' | 'getState' | 'interruptAfter' | 'nodes'
> {
  /** Chunks are `[namespace, mode, payload]`; modes and payloads differ between versions. */
  stream(input: unknown, config: Record<string, unknown>): Promise<AsyncIterable<unknown>>;
  /** Of LangChain: events of all that the graph calls, the chunks of its own stream among them. */
  streamEvents(input: unknown, config: Record<string, unknown>): AsyncIterable<unknown>;
}

/** What a run gives to the graph it executes. */
export interface RunParts {
  checkpointer: BaseCheckpointSaver;
  store?: BaseStore;
  cache?: BaseCache;
}

/** With what a function that makes graphs is called, as LangGraph's own server calls it. */
export interface FactoryArguments {
  config: { configurable: Record<string, unknown>; [name: string]: unknown };
  runtime:
    | { accessContext: 'threads.create_run'; executionRuntime: { context: unknown } }
    /** To tell what the graph is like, or what state a thread is in. */
    | { accessContext: 'assistants.read' | 'threads.read' | 'threads.update'; executionRuntime: null };
}

/** The copy of LangGraph that a graph's project brings along. */
export interface LangGraphCopy {
  /** As its package.json says, for example `0.4.9`. */
  version: string;
  /** Imports what it exports, the very modules that the project's graphs use. */
  load: (specifier: string) => Promise<Record<string, unknown>>;
}

/** A graph of the project, ready to be run. */
export interface ServedGraph {
  id: string;
  langgraph: LangGraphCopy;
  /**
   * The graph for one run: what the module exports, or what its function makes of the run's config. The graph itself is
   * not changed, so runs that go on at the same time do not see each other's parts. Throws what the user's function throws.
   */
  open(factory: FactoryArguments, parts: RunParts): Promise<CompiledGraph>;
}
