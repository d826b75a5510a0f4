import { endOfApiKey, errorMessage, LongrunError } from '@longrun/shared';
import { LRUCache } from 'lru-cache';
import type { Accounts } from '../../../ports/accounts.ts';
import type { Clock } from '../../../ports/clock.ts';
import { CommitConflict, type Documents, type StoredDocument } from '../../../ports/documents.ts';
import { log } from '../../../telemetry/log.ts';
import type { User } from '../../auth.ts';
import { apiKeyPath, isKey, readApiKey } from './api-key.ts';

/** As long as what was found of a token: a key that was revoked, or whose owner's account was disabled, is out after it. Milliseconds. */
const KNOWN_MS = 30_000;
const KNOWN_KEYS = 2_000;
/** Its owner is told when it was last used to the minute, so that use costs few writes. Milliseconds. */
const USED_MS = 60_000;

/** Against the key itself: found again, without a look, for as long as anything else. */
class Refused extends LongrunError {
  constructor(why: string) {
    super('unauthenticated', `The API key ${why}. Make another one, or sign in.`);
  }
}

export interface KeyAuthenticationOptions {
  documents: Documents;
  accounts: Pick<Accounts, 'byUid'>;
  clock: Pick<Clock, 'now'>;
}

/** Who comes with a key: its owner, but never as an administrator. Rejects with `unauthenticated` or `unavailable`. */
export function keyAuthentication({ documents, accounts, clock }: KeyAuthenticationOptions) {
  const known = new LRUCache<string, Promise<User>>({
    max: KNOWN_KEYS,
    ttl: KNOWN_MS,
    ttlResolution: 0,
    perf: clock,
  });

  const find = async (path: string): Promise<User> => {
    const [document] = await documents.get([path]);
    if (document === undefined) {
      throw new LongrunError(
        'unauthenticated',
        'The API key is not known here. Check it, or make another one.',
      );
    }
    const key = readApiKey(document);
    const now = clock.now();
    const end = endOfApiKey(key, now);
    if (end !== null) throw new Refused(end);
    const account = await accounts.byUid(key.uid);
    if (account === undefined) throw new Refused('belongs to an account that is gone');
    if (account.disabled) throw new Refused('belongs to an account that is disabled');
    void noteUse(documents, document, now);
    return { uid: key.uid, admin: false, anonymous: key.anonymous, key: key.id };
  };

  const remembered = async (path: string): Promise<User> => {
    try {
      return await find(path);
    } catch (error) {
      // What says nothing of the key is asked again at once; what is no key of ours takes no place.
      if (!(error instanceof Refused)) known.delete(path);
      if (error instanceof LongrunError) throw error;
      log.error('An API key could not be checked.', error);
      throw new LongrunError('unavailable', 'The API key could not be checked at the moment; try again.');
    }
  };

  return async (key: string): Promise<User> => {
    if (!isKey(key)) {
      throw new LongrunError('unauthenticated', 'This is no API key of Longrun, which begins with "lr_".');
    }
    const path = apiKeyPath(key);
    const found = known.get(path) ?? remembered(path);
    if (!known.has(path)) known.set(path, found);
    return await found;
  };
}

/** Whoever else notes it at the same time does as well. */
async function noteUse(
  documents: Documents,
  { path, version, fields }: StoredDocument,
  now: number,
): Promise<void> {
  const last = fields['last_used_at'];
  if (typeof last === 'string' && Date.parse(last) + USED_MS > now) return;
  const last_used_at = new Date(now).toISOString();
  try {
    await documents.commit([{ op: 'update', path, version, fields: { last_used_at } }]);
  } catch (error) {
    if (error instanceof CommitConflict) return;
    log.warn('When an API key was last used could not be noted.', { error: errorMessage(error) });
  }
}
