import * as langgraph from '@langchain/langgraph';
import { exportedGraph } from '../export.ts';
import { copyOf } from '../langgraph-copy.ts';
import { servedGraph } from '../load-graph.ts';
import type { ServedGraph } from '../served-graph.ts';

/** A graph of a test's own module, as the worker is given those of projects. */
export async function served(graph: unknown, id = 'lab'): Promise<ServedGraph> {
  const entry = { id, place: 'test', file: 'test', exportName: 'graph', description: '' };
  return servedGraph(id, copyOf('own', langgraph), await exportedGraph({ graph }, entry));
}
