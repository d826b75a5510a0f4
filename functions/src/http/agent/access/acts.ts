/** What can be done, by the names that handlers of a project's `auth` are registered under. */
export const EVENTS = [
  'threads:create',
  'threads:read',
  'threads:update',
  'threads:delete',
  'threads:search',
  'threads:create_run',
  'assistants:create',
  'assistants:read',
  'assistants:update',
  'assistants:delete',
  'assistants:search',
  'crons:create',
  'crons:read',
  'crons:update',
  'crons:delete',
  'crons:search',
  'store:put',
  'store:get',
  'store:search',
  'store:list_namespaces',
  'store:delete',
] as const;
export type AccessEvent = (typeof EVENTS)[number];

/**
 * What a route does, which is what the handlers are asked about. `anyone`: whoever calls sends no credential. `account`: it is
 * for accounts of Firebase alone.
 */
export type Acts = AccessEvent | readonly AccessEvent[] | 'anyone' | 'account';
