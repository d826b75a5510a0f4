import { isObject, threadPath, type JsonObject } from '@longrun/shared';
import { directSink } from '../runtime/saver/direct-sink.ts';
import { DocumentSaver } from '../runtime/saver/saver.ts';
import { longTermStore } from '../runtime/store/store.ts';
import type { CheckpointSink } from '../ports/checkpoint-sink.ts';
import type { ImportLangGraph } from '../project/langgraph-copy.ts';
import { graphToDescribe, type LoadedGraph } from '../project/load-graph.ts';
import type { CompiledGraph, FactoryArguments } from '../project/served-graph.ts';
import type { RunStore } from '../runtime/runs/run-store.ts';
import { ReadingSaver } from './reading-saver.ts';

/** What answers are made of. */
export interface ReaderParts {
  store: RunStore;
  graphs: { loaded(id: string): Promise<Omit<LoadedGraph, 'meta'>> };
}

export interface ThreadOfGraph {
  uid: string;
  thread_id: string;
  graph_id: string;
  /** Of the thread's last run: what a function that makes graphs is called with. */
  config: JsonObject;
}

export interface OpenedGraph {
  graph: CompiledGraph;
  saver: ReadingSaver;
  importLangGraph: ImportLangGraph;
  version: string;
}

/** The graph with the state of a thread, as the worker opens it for a run. */
export async function openOnThread(
  { store, graphs }: ReaderParts,
  { uid, thread_id, graph_id, config }: ThreadOfGraph,
  accessContext: 'threads.read' | 'threads.update',
  writing: { sink?: CheckpointSink; about?: JsonObject } = {},
): Promise<OpenedGraph> {
  const { served, importLangGraph } = await graphs.loaded(graph_id);
  const { documents, clock } = store;
  const { version } = served.langgraph;
  const documentSaver = new DocumentSaver({
    documents,
    threadPath: (threadId) => threadPath(uid, threadId),
    sink: writing.sink ?? directSink(documents),
  });
  const saver = new ReadingSaver(documentSaver, version, writing.about ?? {});
  const graph = await served.open(
    { config: factoryConfig(config, { thread_id }), runtime: { accessContext, executionRuntime: null } },
    { checkpointer: saver, store: longTermStore(documents, { uid, clock }) },
  );
  return { graph, saver, importLangGraph, version };
}

/** The graph without a thread: only what it is like. */
export async function openAlone(
  { graphs }: ReaderParts,
  { graph_id, config }: Pick<ThreadOfGraph, 'graph_id' | 'config'>,
): Promise<Pick<OpenedGraph, 'graph' | 'importLangGraph'>> {
  const loaded = await graphs.loaded(graph_id);
  const graph = await graphToDescribe(loaded, factoryConfig(config, {}));
  return { graph, importLangGraph: loaded.importLangGraph };
}

function factoryConfig(config: JsonObject, own: JsonObject): FactoryArguments['config'] {
  const { configurable } = config;
  return { ...config, configurable: { ...(isObject(configurable) ? configurable : {}), ...own } };
}
