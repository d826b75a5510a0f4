import type { OpenRequests } from '../open-requests.ts';
import type { Services } from '../services.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service/routes.ts';

/** What the areas of the API are built on. */
export interface AgentParts {
  services: Services;
  requests: OpenRequests;
  version: string;
}

/** Every route of the Agent Server API, in the order in which they are matched. */
export function agentRoutes({ version }: AgentParts): Route[] {
  return [...serviceRoutes(version)];
}
