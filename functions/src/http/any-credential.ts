import { LongrunError } from '@longrun/shared';
import type { Authenticate, User } from './auth.ts';

/** Keys begin so, and no token does. */
const KEY = /^Bearer +(lr_\S+)$/i;
const OUR_KEY = /^lr_/;
const TOKEN = /^Bearer\s+(\S+)$/i;

export interface Credentials {
  byToken: Authenticate;
  byKey: (key: string) => Promise<User>;
  /** Users that the project itself knows; absent: it knows none. */
  own?: {
    authenticate: Authenticate;
    /** Of a bearer token: whether only `byToken` may judge it. */
    isOurs: (token: string) => boolean;
  };
}

/**
 * Whoever shows an ID token or an API key. Clients of LangGraph send `x-api-key` beside `Authorization`, be it empty or
 * made up, so what stands in `Authorization` counts alone. Where both can hold a key, a program needs to know only one.
 *
 * One of these judges a request, and nobody else when it is refused; which of them, the credential itself says:
 *
 *   Authorization                      x-api-key      judged
 *   Bearer lr_...                      (any)          as an API key
 *   Bearer token that names our issuer (any)          as an ID token
 *   anything else                      (any)          by the project's own auth, or as an ID token where there is none
 *   none                               lr_...         as an API key
 *   none                               else, or none  by the project's own auth, or refused where there is none
 */
export function anyCredential({ byToken, byKey, own }: Credentials): Authenticate {
  return async (req) => {
    const { authorization = '', 'x-api-key': sent } = req.headers;
    const bearer = authorization.trim();
    if (bearer !== '') {
      const key = KEY.exec(bearer)?.[1];
      if (key !== undefined) return await byKey(key);
      const token = TOKEN.exec(bearer)?.[1] ?? '';
      return await (own === undefined || own.isOurs(token) ? byToken(req) : own.authenticate(req));
    }
    const key = typeof sent === 'string' ? sent.trim() : '';
    if (key !== '' && (own === undefined || OUR_KEY.test(key))) return await byKey(key);
    if (own !== undefined) return await own.authenticate(req);
    throw new LongrunError(
      'unauthenticated',
      'Send an API key, "x-api-key: lr_...", or a Firebase ID token, "Authorization: Bearer <token>".',
    );
  };
}
