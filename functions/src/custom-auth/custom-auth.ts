import type { Json, JsonObject } from '@longrun/shared';
import type { Filters } from './filters.ts';

/** What `authenticate` of the project's `auth` sees of a request: everything but its body. */
export interface AuthRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
}

/** Somebody whom the project's `auth` knows. */
export interface Identity {
  identity: string;
  permissions: string[];
  /** All that `authenticate` returned, as handlers and graphs get it. */
  user: JsonObject;
}

/** What somebody is about to do, as handlers get it. */
export interface Question {
  resource: string;
  action: string;
  value: Json;
  by: Identity;
}

interface Verdict {
  /** Null: nothing is filtered. */
  filters: Filters | null;
  /** As the handler left it. */
  value: Json;
}

/** Throws `auth_unavailable` when the module cannot be asked, `auth_error` when it fails, and what it refuses with. */
export interface CustomAuth {
  authenticate(request: AuthRequest): Promise<Identity>;
  /** Throws `forbidden` as well. */
  authorize(question: Question): Promise<Verdict>;
  /** Starts what will answer, and resolves with why it cannot; null: it can. */
  warm(): Promise<string | null>;
  /** Why it could not when it was last tried; null: it can, or was not tried yet. */
  problem(): string | null;
  close(): void;
}
