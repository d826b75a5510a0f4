import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import { decodeJwt, parseObject } from '../id-token.ts';
import type { Call } from '../app.ts';
import type { FederatedIdentity } from '../user.ts';

/** What the identity provider "said"; here the caller says it, in an unsigned token or bare JSON, as to the emulator. */
export interface IdpAssertion {
  identity: FederatedIdentity;
  emailVerified: boolean;
  /** The assertion part of the answer to the client. */
  response: Record<string, unknown>;
}

/** Parses `postBody` (or the query of `requestUri`): providerId with id_token or access_token. */
export function readAssertion({ body }: Call): IdpAssertion {
  const requestUri = body.string('requestUri');
  assert(requestUri, 'MISSING_REQUEST_URI');
  const uri = URL.parse(requestUri);
  assert(uri, 'INVALID_REQUEST_URI');
  const params = new URLSearchParams(body.string('postBody') ?? '');
  for (const [name, value] of uri.searchParams) params.set(name, value);
  const providerId = params.get('providerId')?.toLowerCase();
  const idToken = params.get('id_token') ?? undefined;
  const accessToken = params.get('access_token') ?? undefined;
  assert(
    providerId !== undefined && /^[a-z0-9][a-z0-9.:_-]{0,99}$/.test(providerId),
    'INVALID_CREDENTIAL_OR_PROVIDER_ID : Invalid IdP response/credential: missing or malformed providerId',
  );
  const known = !/^(saml\..*|password|phone|anonymous|custom|firebase|emaillink)$/.test(providerId);
  assert(known, `OPERATION_NOT_ALLOWED : ${providerId} is not supported by this server.`);
  const token = idToken ?? accessToken;
  assert(token, 'INVALID_CREDENTIAL_OR_PROVIDER_ID : Invalid IdP response/credential: missing id_token');
  const claims = parseObject(token) ?? decodeJwt(token);
  if (claims === undefined) {
    throw new IdentityError('INVALID_IDP_RESPONSE : The token is neither JSON nor a JWT with JSON claims.');
  }
  return assertion(providerId, claims, { oauthIdToken: idToken, oauthAccessToken: accessToken });
}

function assertion(providerId: string, claims: Record<string, unknown>, tokens: object): IdpAssertion {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, 2_048) : undefined;
  };
  const rawId = text('sub');
  assert(rawId !== undefined && rawId.length <= 256, 'INVALID_IDP_RESPONSE : "sub" must be a string.');
  const rawEmail = text('email');
  const email = rawEmail === undefined ? undefined : canonicalEmail(rawEmail);
  const emailVerified = claims['email_verified'] === true;
  const identity: FederatedIdentity = {
    providerId,
    rawId,
    federatedId: providerId === 'google.com' ? `https://accounts.google.com/${rawId}` : rawId,
    email,
    displayName: text('name'),
    photoUrl: text('picture'),
    screenName: text('screen_name'),
  };
  const response = {
    providerId,
    federatedId: identity.federatedId,
    email,
    emailVerified: email === undefined ? undefined : emailVerified,
    displayName: identity.displayName,
    fullName: identity.displayName,
    firstName: text('given_name'),
    lastName: text('family_name'),
    photoUrl: identity.photoUrl,
    screenName: identity.screenName,
    rawUserInfo: JSON.stringify(rawUserInfo(providerId, claims, emailVerified)),
    context: '',
    oauthExpireIn: 3_600,
    ...tokens,
  };
  return { identity, emailVerified, response };
}

/** The profile in the provider's own words. */
function rawUserInfo(providerId: string, claims: Record<string, unknown>, emailVerified: boolean): object {
  if (providerId !== 'google.com') return claims;
  const { sub, name, given_name, family_name, email, picture } = claims;
  const scopes = ['openid', 'https://www.googleapis.com/auth/userinfo.profile'];
  if (email !== undefined) scopes.push('https://www.googleapis.com/auth/userinfo.email');
  const profile = { id: sub, name, given_name, family_name, email, picture, locale: 'en' };
  return { ...profile, verified_email: emailVerified, granted_scopes: scopes.join(' ') };
}
