import { LongrunError, type JsonObject } from '@longrun/shared';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import type { Services } from '../../services.ts';

export interface Assistant {
  assistant_id: string;
  graph_id: string;
  name: string;
  description: string | null;
  version: number;
  config: JsonObject;
  context: JsonObject;
  metadata: JsonObject;
  created_at: string;
  updated_at: string;
}

const BEGINNING = new Date(0).toISOString();

/** A graph's own assistant, by the graph's id or its own. Throws `unknown_graph`. */
export async function resolveAssistant(
  { catalog }: Pick<Services, 'catalog'>,
  _uid: string,
  idOrGraph: string,
): Promise<Assistant> {
  const graph_id = catalog.ids().find((id) => id === idOrGraph || defaultAssistantId(id) === idOrGraph);
  if (graph_id === undefined) {
    throw new LongrunError(
      'unknown_graph',
      `No assistant found for "${idOrGraph}". Served are the graphs ${catalog.ids().join(', ')}.`,
    );
  }
  return {
    assistant_id: defaultAssistantId(graph_id),
    graph_id,
    name: graph_id,
    description: null,
    version: 1,
    config: {},
    context: {},
    metadata: { created_by: 'system' },
    created_at: BEGINNING,
    updated_at: BEGINNING,
  };
}
