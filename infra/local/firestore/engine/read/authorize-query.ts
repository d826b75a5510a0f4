import { formatName } from '../path/resource-name.ts';
import type { Core } from '../core.ts';
import type { NormalizedQuery } from '../query/normalized.ts';
import type { Caller } from '../types.ts';
import { ruleLookup } from './reading.ts';

/** @throws StatusError PERMISSION_DENIED */
export function authorizeQuery(core: Core, caller: Caller, query: NormalizedQuery, time: number): void {
  if (!core.authorizer || caller.kind === 'admin') return;
  const parent = formatName({ database: query.database, segments: query.parent });
  core.authorizer.list(caller, { parent, query: query.structured, time }, ruleLookup(core, time));
}
