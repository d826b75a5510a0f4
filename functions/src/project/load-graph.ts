import { existsSync } from 'node:fs';
import { exportedGraph, exportsOf, type Exported } from './export.ts';
import type { GraphEntry } from './graph-entry.ts';
import { langGraphCopy, type ImportLangGraph } from './langgraph-copy.ts';
import type { ProjectLoader } from './loader.ts';
import { asLoading } from './loading.ts';
import type { CompiledGraph, FactoryArguments, RunParts, ServedGraph } from './served-graph.ts';
import { thrownText } from './thrown.ts';

/** A graph whose module is loaded. */
export interface LoadedGraph {
  served: ServedGraph;
  exported: Exported;
  /** What the module says of the graph, if it does. */
  meta: unknown;
  importLangGraph: ImportLangGraph;
}

/** Throws an error that begins with the file as the project names it. */
export async function loadGraph(loader: ProjectLoader, entry: GraphEntry): Promise<LoadedGraph> {
  if (entry.problem !== undefined) throw new Error(entry.problem);
  try {
    return await asLoading(entry.id, () => load(loader, entry));
  } catch (error) {
    throw new Error(`${entry.place}: ${thrownText(error)}`, { cause: error });
  }
}

async function load(loader: ProjectLoader, entry: GraphEntry): Promise<LoadedGraph> {
  if (!existsSync(entry.file)) throw new Error('there is no such file.');
  const { exports, space } = await loader.load(entry.file);
  const { copy, importLangGraph } = await langGraphCopy(space, entry.file);
  const exported = await exportedGraph(exports, entry);
  return {
    exported,
    importLangGraph,
    meta: exportsOf(exports)['meta'],
    served: servedGraph(entry.id, copy, exported),
  };
}

/** A graph of the project for the runtime, whatever shape it has. */
export function servedGraph(
  id: string,
  langgraph: ServedGraph['langgraph'],
  exported: Exported,
): ServedGraph {
  return {
    id,
    langgraph,
    open: async (factory, parts) =>
      withParts(exported.kind === 'graph' ? exported.graph : await exported.make(factory), parts),
  };
}

/** The graph only to tell what it is like. Throws what the user's function throws. */
export async function graphToDescribe(
  { exported }: Pick<LoadedGraph, 'exported'>,
  config: FactoryArguments['config'],
): Promise<CompiledGraph> {
  if (exported.kind === 'graph') return exported.graph;
  return await exported.make({
    config,
    runtime: { accessContext: 'assistants.read', executionRuntime: null },
  });
}

/** The same graph with the parts of one run; runs that go on at the same time do not see each other's. */
function withParts(graph: CompiledGraph, parts: RunParts): CompiledGraph {
  const own = Object.entries(parts).map(([name, value]) => [name, { value, writable: true }] as const);
  const made: CompiledGraph = Object.create(graph, Object.fromEntries(own));
  return made;
}
