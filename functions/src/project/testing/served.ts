import { createRequire } from 'node:module';
import * as z from 'zod';
import { exportedGraph } from '../export.ts';
import { servedGraph } from '../load-graph.ts';
import type { ServedGraph } from '../served-graph.ts';

const own = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('@langchain/langgraph/package.json'));

/** A graph of a test's own module, as the worker is given those of projects. `version`: of the LangGraph that made it. */
export async function served(graph: unknown, id = 'lab', version = own.version): Promise<ServedGraph> {
  const entry = { id, place: 'test', file: 'test', exportName: 'graph', description: '' };
  return servedGraph(
    id,
    { version, load: (specifier) => import(specifier) },
    await exportedGraph({ graph }, entry),
  );
}
