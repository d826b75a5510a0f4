/**
 * Who sends a request. As in Google's emulator, ID tokens are not signed (`alg: none`) or their signature is not looked
 * at: this server never guards anything but local data.
 */
import type { Administrators } from '../../access/administrators.ts';
import { StatusError } from '../engine/status.ts';
import { ADMIN } from '../engine/types.ts';
import type { Caller } from '../engine/types.ts';
import { isRecord } from './is-record.ts';

/**
 * @param authorization the header's value
 * @param project the project that the token must be for
 * @throws StatusError UNAUTHENTICATED for a token that is malformed, expired, or for another project
 */
export function authenticate(
  authorization: string | undefined,
  project: string,
  administrators: Administrators,
): Caller {
  if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
  const [, token] = /^(?:Bearer|Firebase) (\S+)$/i.exec(authorization) ?? refuse('expected "Bearer <token>"');
  if (administrators.has(token ?? '')) return ADMIN; // such as `Bearer owner` of Google's emulator
  const claims = payloadOf(token ?? '');
  const { aud, exp, sub } = claims;
  // Older rules-test libraries make tokens that name no project.
  if (aud !== undefined && aud !== project)
    return refuse(`the token is for ${JSON.stringify(aud)}, not for project ${project}`);
  const expired = typeof exp !== 'number' || exp * 1000 <= Date.now();
  if (expired && !isMock(claims)) return refuse('the token has expired');
  if (typeof sub !== 'string' || sub === '') return refuse('the token names no user');
  return { kind: 'user', uid: sub, claims };
}

/** When the caller's token runs out, in milliseconds since the epoch. */
export function expiresAt(caller: Caller): number {
  if (caller.kind !== 'user' || isMock(caller.claims)) return Infinity;
  const { exp } = caller.claims;
  return typeof exp === 'number' ? exp * 1000 : Infinity;
}

/** The SDK's `mockUserToken`, and Google's rules-unit-testing with it, date their tokens to 1970. */
function isMock(claims: Record<string, unknown>): boolean {
  return claims['iat'] === 0;
}

function payloadOf(token: string): Record<string, unknown> {
  const parts = token.split('.');
  if (parts.length !== 3) return refuse('not a JSON Web Token');
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    return isRecord(payload) ? payload : refuse('the token holds no claims');
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('not a JSON Web Token');
    throw error;
  }
}

function refuse(why: string): never {
  throw new StatusError('UNAUTHENTICATED', `Invalid authentication: ${why}.`);
}
