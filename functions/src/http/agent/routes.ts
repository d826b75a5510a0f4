import type { AgentParts } from './parts.ts';
import type { Route } from './route.ts';
import { runRoutes } from './runs/routes.ts';
import { serviceRoutes } from './service/routes.ts';
import { streamRoutes } from './streams/routes.ts';

/** Every route of the Agent Server API, in the order in which they are matched. */
export function agentRoutes(parts: AgentParts): Route[] {
  return [...serviceRoutes(parts.version), ...runRoutes(parts), ...streamRoutes(parts)];
}
