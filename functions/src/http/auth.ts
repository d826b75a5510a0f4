import type { IncomingMessage } from 'node:http';
import { LongrunError } from '@longrun/shared';
import { LRUCache } from 'lru-cache';
import type { Identity } from '../custom-auth/custom-auth.ts';
import { lazy } from '../lib/lazy.ts';
import { onReady } from './on-ready.ts';

export interface User {
  uid: string;
  admin: boolean;
  /** Signed in without a name. */
  anonymous: boolean;
  /** The id of the API key with which a program comes in the user's place; absent: they signed in. */
  key?: string;
  /** Absent: an account of Firebase. */
  identity?: Identity;
}

/** Who makes the request, from the credential in its headers and nothing else. */
export type Authenticate = (req: Pick<IncomingMessage, 'headers' | 'method' | 'url'>) => Promise<User>;

const MAX_TOKEN_CHARS = 8_192;
/**
 * What was found of a token is not asked again for so long, nor beyond its own end. A user who was disabled or deleted, or
 * whose tokens were revoked, is out after this time at the latest. Milliseconds.
 */
const KNOWN_MS = 30_000;
const KNOWN_TOKENS = 2_000;

/** What the account's state says against a token that is well signed. */
const AGAINST: Record<string, string> = {
  'auth/id-token-expired': 'has expired',
  'auth/id-token-revoked': 'was revoked',
  'auth/user-disabled': 'belongs to an account that is disabled',
  'auth/user-not-found': 'belongs to an account that is gone',
};

export function firebaseAuthentication(projectId: string): Authenticate {
  const opened = lazy(async () => {
    const [{ initializeApp }, { getAuth }] = await Promise.all([
      import('firebase-admin/app'),
      import('firebase-admin/auth'),
    ]);
    return getAuth(initializeApp({ projectId }));
  });
  onReady(opened);
  /** Found, or being found out: those who come meanwhile with the same token ask no second time. */
  const known = new LRUCache<string, Promise<User>>({ max: KNOWN_TOKENS, ttl: KNOWN_MS });

  const find = async (token: string): Promise<User> => {
    const auth = await opened();
    try {
      // One call of the identity service, for what is not in the token.
      const claims = await auth.verifyIdToken(token, true);
      const left = claims.exp * 1_000 - Date.now();
      if (left <= 0) known.delete(token);
      else if (left < KNOWN_MS) known.set(token, Promise.resolve(userOf(claims)), { ttl: left });
      return userOf(claims);
    } catch (error) {
      const code = codeOf(error);
      // What is no token of ours costs no call, and takes no place.
      if (!(code in AGAINST)) known.delete(token);
      throw refused(code);
    }
  };

  return async (req) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || token.length > MAX_TOKEN_CHARS) {
      throw new LongrunError('unauthenticated', 'Send a Firebase ID token: "Authorization: Bearer <token>".');
    }
    const found = known.get(token) ?? find(token);
    if (!known.has(token)) known.set(token, found);
    return await found;
  };
}

const userOf = (claims: {
  uid: string;
  admin?: unknown;
  firebase?: { sign_in_provider?: string };
}): User => ({
  uid: claims.uid,
  admin: claims.admin === true,
  anonymous: claims.firebase?.sign_in_provider === 'anonymous',
});

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function refused(code: string): LongrunError {
  // All that verifying finds wrong with a token is an argument error; anything else is no fault of the token.
  const isBad = code in AGAINST || code === 'auth/argument-error' || code === 'auth/invalid-id-token';
  if (!isBad) {
    return new LongrunError('unavailable', 'The token could not be checked at the moment; try again.');
  }
  const why = AGAINST[code] ?? 'is not valid for this project';
  return new LongrunError('unauthenticated', `The ID token ${why}. Sign in again.`);
}
