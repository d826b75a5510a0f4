import { randomUUID } from 'node:crypto';
import { endOfApiKey, LongrunError } from '@longrun/shared';
import { turns } from '../../../lib/turns.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DocumentQuery, Documents, StoredDocument } from '../../../ports/documents.ts';
import { API_KEYS, apiKeyPath, hintOf, newKey, readApiKey, type ApiKey } from './api-key.ts';

/** Of one user: keys that are good, and such as are not any more but still say so. */
export const MAX_LIVE = 50;
const MAX_ENDED = 50;
const DAY_MS = 86_400_000;
/** Of all users, as an operator sees them. */
const MAX_LISTED = 1_000;

interface Request {
  uid: string;
  anonymous: boolean;
  name: string;
  /** Without it the key is good until it is revoked. */
  days?: number | undefined;
}

/** Makes, lists and revokes the keys by which programs come without signing in. */
export class KeyKeeper {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #inTurn = turns();

  constructor(documents: Documents, clock: Pick<Clock, 'now'>) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** `key` is seen here and never again. Throws `limit_exceeded`. */
  async make(request: Request): Promise<{ key: string; made: ApiKey }> {
    // Those of one process do not count past each other.
    return await this.#inTurn(request.uid, () => this.#make(request));
  }

  /** Newest first; also those that ended lately. */
  async listOf(uid: string): Promise<ApiKey[]> {
    return (await this.#found(OF(uid))).map(({ apiKey }) => apiKey);
  }

  async listAll(): Promise<ApiKey[]> {
    return (await this.#found({})).map(({ apiKey }) => apiKey);
  }

  /** From half a minute later on nobody gets in with it. `uid`: whose it must be. Throws `not_found`. */
  async revoke(id: string, uid?: string): Promise<ApiKey> {
    const [found] = await this.#found({ where: [{ field: 'id', op: '==', value: id }] });
    if (found === undefined || (uid !== undefined && found.apiKey.uid !== uid)) {
      throw new LongrunError('not_found', `There is no key ${id}.`);
    }
    const { apiKey, path } = found;
    if (apiKey.revoked_at !== null) return apiKey;
    const revoked_at = new Date(this.#clock.now()).toISOString();
    await this.#documents.commit([{ op: 'update', path, fields: { revoked_at } }]);
    return { ...apiKey, revoked_at };
  }

  async #make({ uid, anonymous, name, days }: Request): Promise<{ key: string; made: ApiKey }> {
    const now = this.#clock.now();
    const all = await this.#found(OF(uid));
    const ended = all.filter(({ apiKey }) => endOfApiKey(apiKey, now) !== null);
    if (all.length - ended.length >= MAX_LIVE) {
      throw new LongrunError(
        'limit_exceeded',
        `There can be ${MAX_LIVE} keys of one user. Revoke one first.`,
      );
    }
    const key = newKey();
    const made: ApiKey = {
      id: randomUUID(),
      uid,
      anonymous,
      name,
      hint: hintOf(key),
      created_at: new Date(now).toISOString(),
      expires_at: days === undefined ? null : new Date(now + days * DAY_MS).toISOString(),
      revoked_at: null,
      last_used_at: null,
    };
    await this.#documents.commit([
      { op: 'create', path: apiKeyPath(key), fields: made },
      ...ended.slice(MAX_ENDED).map(({ path }) => ({ op: 'delete' as const, path })),
    ]);
    return { key, made };
  }

  async #found(query: Pick<DocumentQuery, 'where'>): Promise<{ path: string; apiKey: ApiKey }[]> {
    const orderBy = query.where === undefined ? ORDER : {};
    const found: StoredDocument[] = await this.#documents.query({
      collection: API_KEYS,
      ...query,
      ...orderBy,
      limit: MAX_LISTED,
    });
    return found
      .map((document) => ({ path: document.path, apiKey: readApiKey(document) }))
      .toSorted((a, b) => (a.apiKey.created_at < b.apiKey.created_at ? 1 : -1));
  }
}

const OF = (uid: string): Pick<DocumentQuery, 'where'> => ({
  where: [{ field: 'uid', op: '==', value: uid }],
});
const ORDER: Pick<DocumentQuery, 'orderBy'> = { orderBy: [{ field: 'created_at', direction: 'desc' }] };
