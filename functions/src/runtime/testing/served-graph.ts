import { createRequire } from 'node:module';
import { Command, RunControl } from '@langchain/langgraph';
import * as z from 'zod';
import type { CompiledGraph, ServedGraph } from '../../project/served-graph.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('@langchain/langgraph/package.json'));

/** A graph that a test made with the repository's own LangGraph, as the worker is given those of projects. */
export function servedGraph(id: string, graph: CompiledGraph): ServedGraph {
  return {
    id,
    langgraph: { version, Command, RunControl },
    open: async (_factory, parts) =>
      Object.create(
        graph,
        Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, { value, writable: true }])),
      ) as CompiledGraph,
  };
}
