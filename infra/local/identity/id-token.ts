import { IdentityError, assert } from './errors.ts';
import { isRecord } from './fields.ts';
import type { SecondFactor } from './second-factor.ts';
import type { User } from './user.ts';

/**
 * ID tokens as the Firebase Auth emulator issues them: unsigned JWTs (`alg: none`), which Google's SDKs accept only
 * when they are pointed at an emulator. Nothing here may ever guard a deployed service.
 */
export const ID_TOKEN_SECONDS = 3_600;

/** How someone signed in; kept with the refresh token, so that refreshed tokens say the same. */
export interface Session {
  provider: string;
  /** Seconds since the epoch. */
  authTime: number;
  /** Claims of the custom token, if one was used. */
  claims?: Record<string, unknown> | undefined;
  secondFactor?: SecondFactor | undefined;
}

/** Whose accounts: a project's, or those of one of its tenants. */
interface Realm {
  project: string;
  tenant?: { tenantId: string } | undefined;
}

export function mintIdToken(user: User, session: Session, { project, tenant }: Realm, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const identities: Record<string, string[]> = {};
  if (user.email !== undefined) identities['email'] = [user.email];
  if (user.phoneNumber !== undefined) identities['phone'] = [user.phoneNumber];
  for (const { providerId, rawId } of user.identities) identities[providerId] = [rawId];
  const second = session.secondFactor && {
    sign_in_second_factor: session.secondFactor.type,
    second_factor_identifier: session.secondFactor.id,
  };
  return encodeJwt({
    name: user.displayName,
    picture: user.photoUrl,
    ...(user.customAttributes === undefined ? {} : parseObject(user.customAttributes)),
    ...session.claims,
    email: user.email,
    email_verified: user.email === undefined ? undefined : user.emailVerified,
    phone_number: user.phoneNumber,
    ...(session.provider === 'anonymous' ? { provider_id: 'anonymous' } : {}),
    auth_time: session.authTime,
    user_id: user.localId,
    sub: user.localId,
    firebase: { identities, sign_in_provider: session.provider, ...second, tenant: tenant?.tenantId },
    iat,
    exp: iat + ID_TOKEN_SECONDS,
    aud: project,
    iss: `https://securetoken.google.com/${project}`,
  });
}

/** A session cookie carries the ID token's claims under another issuer and lifetime (seconds). */
export function mintSessionCookie(
  claims: Record<string, unknown>,
  project: string,
  nowMs: number,
  seconds: number,
): string {
  const iat = Math.floor(nowMs / 1000);
  return encodeJwt({
    ...claims,
    iat,
    exp: iat + seconds,
    iss: `https://session.firebase.google.com/${project}`,
  });
}

export interface IdTokenClaims extends Record<string, unknown> {
  sub: string;
  iat: number;
}

/** Claims of one of our own, unexpired ID tokens. Throws INVALID_ID_TOKEN, TENANT_ID_MISMATCH or TOKEN_EXPIRED. */
export function readIdToken(token: string, { project, tenant }: Realm, nowMs: number): IdTokenClaims {
  const claims = decodeJwt(token);
  const { sub, iat, exp } = claims ?? {};
  const ours = claims?.['aud'] === project && claims['iss'] === `https://securetoken.google.com/${project}`;
  const typed = typeof sub === 'string' && typeof iat === 'number' && typeof exp === 'number';
  if (!ours || !typed) throw new IdentityError('INVALID_ID_TOKEN');
  assert(tenantOf(claims) === tenant?.tenantId, 'TENANT_ID_MISMATCH');
  assert(exp * 1000 > nowMs, 'TOKEN_EXPIRED');
  return { ...claims, sub, iat };
}

/** The provider that the token's session was opened with. */
export function providerOf(claims: IdTokenClaims): string {
  const firebase = claims['firebase'];
  const provider = isRecord(firebase) ? firebase['sign_in_provider'] : undefined;
  return typeof provider === 'string' ? provider : 'custom';
}

/** The tenant that a token is for, whether the token is good or not. */
export function tenantOf(claims: Record<string, unknown> | undefined): string | undefined {
  const firebase = claims?.['firebase'];
  const tenant = isRecord(firebase) ? firebase['tenant'] : undefined;
  return typeof tenant === 'string' ? tenant : undefined;
}

/** The second factor that the token's session was opened with, if any. */
export function secondFactorOf(claims: IdTokenClaims): SecondFactor | undefined {
  const firebase = claims['firebase'];
  if (!isRecord(firebase)) return undefined;
  const { sign_in_second_factor: type, second_factor_identifier: id } = firebase;
  return (type === 'phone' || type === 'totp') && typeof id === 'string' ? { type, id } : undefined;
}

/** The payload of a JWT, whatever its signature; undefined when it is not one. */
export function decodeJwt(token: string): Record<string, unknown> | undefined {
  const parts = token.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) return undefined;
  return parseObject(Buffer.from(payload, 'base64url').toString('utf8'));
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function encodeJwt(claims: Record<string, unknown>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
