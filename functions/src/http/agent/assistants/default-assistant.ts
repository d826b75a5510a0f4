import type { Catalog } from '../../../project/catalog.ts';
import { uuid5 } from '../../../lib/uuid5.ts';
import type { Assistant } from './assistant.ts';

/** LangGraph's servers have the same, so ids that a client has noted stay good. */
const NAMESPACE = '6ba7b821-9dad-11d1-80b4-00c04fd430c8';
/** Nobody made it at any time. The same on every instance, for lists are sorted by it. */
const EVER = new Date(0).toISOString();

export const defaultAssistantId = (graphId: string) => uuid5(graphId, NAMESPACE);

/** What everybody has of each graph, without its being stored: the graph with no settings. */
export function defaultAssistant(graphId: string): Assistant {
  return {
    assistant_id: defaultAssistantId(graphId),
    graph_id: graphId,
    name: graphId,
    description: null,
    version: 1,
    config: {},
    context: {},
    metadata: { created_by: 'system' },
    created_at: EVER,
    updated_at: EVER,
  };
}

/** Undefined when the id is none of a graph that is served. */
export function defaultAssistantOf(catalog: Catalog, id: string): Assistant | undefined {
  const graphId = catalog.ids().find((graph) => defaultAssistantId(graph) === id);
  return graphId === undefined ? undefined : defaultAssistant(graphId);
}
