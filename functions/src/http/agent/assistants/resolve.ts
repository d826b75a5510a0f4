import { LongrunError } from '@longrun/shared';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import type { Assistant } from './assistant.ts';
import { findAssistant, type AssistantServices, type Found } from './find.ts';

export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The assistant of an id, or of the name of a graph, which means the graph's own. Throws `not_found` for an id and
 * `unknown_graph` for a name. Its graph may be served no more.
 */
export async function resolveAssistant(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
): Promise<Assistant> {
  return (await requireFound(services, uid, idOrGraph)).assistant;
}

export async function requireFound(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
): Promise<Found> {
  const id = assistantIdOf(services, idOrGraph);
  const found = id === undefined ? undefined : await findAssistant(services, uid, id);
  if (found !== undefined) return found;
  const named = JSON.stringify(idOrGraph.slice(0, 100).toWellFormed());
  const graphs = services.catalog.ids().join(', ');
  throw new LongrunError(
    id === undefined ? 'unknown_graph' : 'not_found',
    `No assistant found for ${named}. Name one by its id, or one of these graphs: ${graphs}.`,
  );
}

function assistantIdOf({ catalog }: AssistantServices, idOrGraph: string): string | undefined {
  if (catalog.has(idOrGraph)) return defaultAssistantId(idOrGraph);
  return UUID.test(idOrGraph) ? idOrGraph.toLowerCase() : undefined;
}
