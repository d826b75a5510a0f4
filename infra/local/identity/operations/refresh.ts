import type { App, Call } from '../app.ts';
import { IdentityError, assert } from '../errors.ts';
import { ID_TOKEN_SECONDS, mintIdToken } from '../id-token.ts';
import { accountOf } from '../refresh-tokens.ts';

/**
 * securetoken /v1/token (OAuth 2.0): a new ID token for a refresh token. Parameters come in snake or camel case. The refresh token
 * stays the same, so several tabs may refresh at once.
 */
export function refresh(app: App, { body }: Call): object {
  const grantType = body.string('grant_type') ?? body.string('grantType');
  assert(grantType, 'MISSING_GRANT_TYPE');
  assert(grantType === 'refresh_token', 'INVALID_GRANT_TYPE');
  const refreshToken = body.string('refresh_token') ?? body.string('refreshToken');
  assert(refreshToken, 'MISSING_REFRESH_TOKEN');
  const localId = accountOf(refreshToken);
  if (localId === undefined) throw new IdentityError('INVALID_REFRESH_TOKEN');
  const user = app.store.byId(localId);
  if (user === undefined) throw new IdentityError('USER_NOT_FOUND');
  assert(!user.disabled, 'USER_DISABLED');
  const session = app.refreshTokens.find(refreshToken);
  if (session === undefined) throw new IdentityError('TOKEN_EXPIRED');
  const now = app.now();
  app.store.save({ ...user, lastRefreshAt: now });
  const idToken = mintIdToken(user, session, app, now);
  return {
    id_token: idToken,
    access_token: idToken,
    refresh_token: refreshToken,
    expires_in: String(ID_TOKEN_SECONDS),
    token_type: 'Bearer',
    user_id: localId,
    project_id: '12345',
  };
}
