import { assistantGraphRoutes } from './assistants/graph-routes.ts';
import { assistantRoutes } from './assistants/routes.ts';
import { cronRoutes } from './crons/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import type { AgentParts } from './parts.ts';
import type { Route } from './route.ts';
import { runRoutes } from './runs/routes.ts';
import { serviceRoutes } from './service/routes.ts';
import { storeRoutes } from './store/routes.ts';
import { streamRoutes } from './streams/routes.ts';
import { threadRoutes } from './threads/routes.ts';
import { threadProtocolRoutes } from './v2/routes.ts';

/** Every route of the Agent Server API, in the order in which they are matched. */
export function agentRoutes(parts: AgentParts): Route[] {
  const { services, version } = parts;
  return [
    ...serviceRoutes(version),
    ...assistantRoutes(services),
    ...assistantGraphRoutes(services, services.reader),
    ...threadRoutes(services),
    ...runRoutes(parts),
    ...cronRoutes(services),
    ...streamRoutes(parts),
    ...threadProtocolRoutes(parts),
    ...storeRoutes(services),
    ...keyRoutes(services),
  ];
}
