import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';
import { LRUCache } from 'lru-cache';
import { lazy } from '../lib/lazy.ts';
import { onReady } from './on-ready.ts';

export interface User {
  uid: string;
  admin: boolean;
  /** Signed in without a name. */
  anonymous: boolean;
}

/** Who makes the request, from its verified Firebase ID token and nothing else. */
export type Authenticate = (req: Request) => Promise<User>;

const MAX_TOKEN_CHARS = 8_192;
/** A token that was found good is not checked again for so long, nor beyond its own end. Milliseconds. */
const TRUSTED_MS = 30_000;
const TRUSTED_TOKENS = 2_000;

export function firebaseAuthentication(projectId: string): Authenticate {
  const opened = lazy(async () => {
    const [{ initializeApp }, { getAuth }] = await Promise.all([
      import('firebase-admin/app'),
      import('firebase-admin/auth'),
    ]);
    return getAuth(initializeApp({ projectId }));
  });
  onReady(opened);
  const trusted = new LRUCache<string, User>({ max: TRUSTED_TOKENS, ttl: TRUSTED_MS });
  return async (req) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || token.length > MAX_TOKEN_CHARS) {
      throw new LongrunError('unauthenticated', 'Send a Firebase ID token: "Authorization: Bearer <token>".');
    }
    const known = trusted.get(token);
    if (known !== undefined) return known;
    const auth = await opened();
    try {
      const claims = await auth.verifyIdToken(token);
      const user = { uid: claims.uid, admin: claims['admin'] === true, anonymous: isAnonymous(claims) };
      const left = claims.exp * 1_000 - Date.now();
      if (left > 0) trusted.set(token, user, { ttl: Math.min(left, TRUSTED_MS) });
      return user;
    } catch (error) {
      throw refused(error);
    }
  };
}

function isAnonymous({ firebase }: { firebase: { sign_in_provider: string } }): boolean {
  return firebase.sign_in_provider === 'anonymous';
}

function refused(error: unknown): LongrunError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'auth/internal-error' || code === 'app/network-error') {
    return new LongrunError('unavailable', 'The token could not be checked at the moment; try again.');
  }
  const why = code === 'auth/id-token-expired' ? 'has expired' : 'is not valid for this project';
  return new LongrunError('unauthenticated', `The ID token ${why}. Sign in again.`);
}
