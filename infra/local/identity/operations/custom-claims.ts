import { parseObject } from '../id-token.ts';

/** Characters of JSON, Google's limit. */
const MAX_CLAIMS = 1_000;

/** Claims that a token needs for itself. */
const RESERVED = new Set(
  'acr amr at_hash aud auth_time azp c_hash cnf exp firebase iat iss jti nbf nonce sub'.split(' '),
);

/** Google's error for a `customAttributes` text that cannot be stored, or undefined. */
export function customClaimsProblem(text: string): string | undefined {
  if (text.length > MAX_CLAIMS) return 'CLAIMS_TOO_LARGE';
  const claims = parseObject(text);
  if (claims === undefined) return 'INVALID_CLAIMS';
  const reserved = reservedClaim(claims);
  return reserved === undefined ? undefined : `FORBIDDEN_CLAIM : ${reserved}`;
}

export function reservedClaim(claims: Record<string, unknown>): string | undefined {
  return Object.keys(claims).find((name) => RESERVED.has(name));
}
