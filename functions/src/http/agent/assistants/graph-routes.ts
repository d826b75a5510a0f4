import { strict, type JsonObject } from '@longrun/shared';
import * as z from 'zod/mini';
import { route, type Route } from '../route.ts';
import type { AssistantServices } from './find.ts';
import { resolveAssistant } from './resolve.ts';
import { assistantIn } from './routes.ts';

/** What is asked of a compiled graph, which this process does not load. */
export interface GraphFacts {
  /** `xray`: whether inner graphs are drawn, or how many levels of them. */
  graph(graphId: string, config: JsonObject, xray: boolean | number): Promise<unknown>;
  schemas(graphId: string): Promise<unknown>;
  subgraphs(graphId: string, namespace: string | undefined, recurse: boolean): Promise<unknown>;
}

const MAX_LEVELS = 100;
const bool = z.enum(['true', 'false', '1', '0']);
const isTrue = (given: string | undefined) => given === 'true' || given === '1';

const drawingSchema = strict({
  xray: z.optional(
    z.union([z.enum(['true', 'false']), z.coerce.number().check(z.int(), z.gte(0), z.lte(MAX_LEVELS))]),
  ),
});
const subgraphsSchema = strict({ recurse: z.optional(bool) });

export function assistantGraphRoutes(services: AssistantServices, reader: GraphFacts): Route[] {
  return [
    route({
      method: 'get',
      path: '/assistants/:assistant_id/graph',
      says: "The nodes and edges of the assistant's graph.",
      acts: 'assistants:read',
      query: drawingSchema,
      handle: async ({ user, req, query: { xray } }) => {
        const { graph_id, config } = await resolveAssistant(services, user.uid, assistantIn(req));
        services.catalog.require(graph_id);
        return await reader.graph(graph_id, config, typeof xray === 'number' ? xray : isTrue(xray));
      },
    }),
    route({
      method: 'get',
      path: '/assistants/:assistant_id/schemas',
      says: "JSON Schemas of what the assistant's graph takes, gives and keeps, where it knows them.",
      acts: 'assistants:read',
      handle: async ({ user, req }) => {
        const { graph_id } = await resolveAssistant(services, user.uid, assistantIn(req));
        services.catalog.require(graph_id);
        return await reader.schemas(graph_id);
      },
    }),
    ...['', '/:namespace'].map((below) =>
      route({
        method: 'get',
        path: `/assistants/:assistant_id/subgraphs${below}`,
        says: "Graphs inside the assistant's graph, by their namespaces.",
        acts: 'assistants:read',
        query: subgraphsSchema,
        handle: async ({ user, req, query: { recurse } }) => {
          const { graph_id } = await resolveAssistant(services, user.uid, assistantIn(req));
          services.catalog.require(graph_id);
          const { namespace } = req.params;
          return await reader.subgraphs(
            graph_id,
            typeof namespace === 'string' ? namespace : undefined,
            isTrue(recurse),
          );
        },
      }),
    ),
  ];
}
