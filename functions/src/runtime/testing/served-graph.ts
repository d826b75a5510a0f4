import { createRequire } from 'node:module';
import * as z from 'zod';
import type { CompiledGraph, ServedGraph } from '../../project/served-graph.ts';

const own = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('@langchain/langgraph/package.json'));

/** A graph that a test made with the repository's own LangGraph, as the worker is given those of projects. */
export function servedGraph(id: string, graph: CompiledGraph, version = own.version): ServedGraph {
  return {
    id,
    langgraph: { version },
    open: async (_factory, parts) =>
      Object.create(
        graph,
        Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, { value, writable: true }])),
      ) as CompiledGraph,
  };
}
