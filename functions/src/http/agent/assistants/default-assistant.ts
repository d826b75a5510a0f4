import type { Catalog } from '../../../project/catalog.ts';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import type { Assistant } from './assistant.ts';

/** Nobody made it at any time. The same on every instance, for lists are sorted by it. */
const EVER = new Date(0).toISOString();

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
