import type { OpenRequests } from '../open-requests.ts';
import type { Readers } from '../readers.ts';
import type { Services } from '../services.ts';

/** What the areas of the API are built on. */
export interface AgentParts {
  services: Services;
  requests: OpenRequests;
  /** Everyone who reads a stream of the process. */
  readers: Readers;
  version: string;
}
