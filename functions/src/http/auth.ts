import { initializeApp } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import type { Request } from 'express';
import { LongrunError } from '@longrun/shared';

export interface User {
  uid: string;
  admin: boolean;
}

/** Who makes the request, from its verified Firebase ID token and nothing else. */
export type Authenticate = (req: Request) => Promise<User>;

const MAX_TOKEN_CHARS = 8_192;

export function firebaseAuthentication(projectId: string): Authenticate {
  let auth: Auth | undefined;
  return async (req) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || token.length > MAX_TOKEN_CHARS) {
      throw new LongrunError('unauthenticated', 'Send a Firebase ID token: "Authorization: Bearer <token>".');
    }
    auth ??= getAuth(initializeApp({ projectId }));
    try {
      const claims = await auth.verifyIdToken(token);
      return { uid: claims.uid, admin: claims['admin'] === true };
    } catch (error) {
      throw refused(error);
    }
  };
}

function refused(error: unknown): LongrunError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'auth/internal-error' || code === 'app/network-error') {
    return new LongrunError('unavailable', 'The token could not be checked at the moment; try again.');
  }
  const why = code === 'auth/id-token-expired' ? 'has expired' : 'is not valid for this project';
  return new LongrunError('unauthenticated', `The ID token ${why}. Sign in again.`);
}
