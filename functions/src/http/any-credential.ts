import { LongrunError } from '@longrun/shared';
import type { Authenticate, User } from './auth.ts';

/** Keys begin so, and no token does. */
const KEY = /^Bearer +(lr_\S+)$/i;

/**
 * Whoever shows an ID token or an API key. Clients of LangGraph send `x-api-key` beside `Authorization`, be it empty or
 * made up, so what stands in `Authorization` counts alone. Where both can hold a key, a program needs to know only one.
 */
export function anyCredential(by: {
  byToken: Authenticate;
  byKey: (key: string) => Promise<User>;
}): Authenticate {
  return async (req) => {
    const { authorization = '', 'x-api-key': sent } = req.headers;
    const bearer = authorization.trim();
    if (bearer !== '') {
      const key = KEY.exec(bearer)?.[1];
      return await (key === undefined ? by.byToken(req) : by.byKey(key));
    }
    const key = typeof sent === 'string' ? sent.trim() : '';
    if (key !== '') return await by.byKey(key);
    throw new LongrunError(
      'unauthenticated',
      'Send an API key, "x-api-key: lr_...", or a Firebase ID token, "Authorization: Bearer <token>".',
    );
  };
}
