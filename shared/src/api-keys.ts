/** What the page and the API say to each other of a person's keys, below /api/keys. Times are ISO 8601, UTC. */

export const MAX_API_KEY_NAME_CHARS = 200;
export const MAX_API_KEY_DAYS = 3_660;

export interface ApiKeyInfo {
  id: string;
  name: string;
  /** Its first characters, by which its owner knows it again. */
  hint: string;
  created_at: string;
  /** Null: it is good until it is revoked. */
  expires_at: string | null;
  revoked_at: string | null;
  /** As of a minute ago. */
  last_used_at: string | null;
}

/** GET /api/keys: newest first; also those that ended lately. */
export interface ApiKeyList {
  keys: ApiKeyInfo[];
  /** Whether this user may make one. */
  may_make: boolean;
}

/** POST /api/keys */
export interface MadeApiKey extends ApiKeyInfo {
  /** Seen here and never again. */
  key: string;
}

/** What stands against the key, if anything does. */
export function endOfApiKey(
  { revoked_at, expires_at }: Pick<ApiKeyInfo, 'revoked_at' | 'expires_at'>,
  now: number,
): 'was revoked' | 'has expired' | null {
  if (revoked_at !== null) return 'was revoked';
  return expires_at !== null && Date.parse(expires_at) <= now ? 'has expired' : null;
}
