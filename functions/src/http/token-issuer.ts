import { isObject, type Json } from '@longrun/shared';

/**
 * Whether a bearer token says that it is an ID token of the project, be that true or not: whoever says so is asked to prove
 * it, and is nobody else's to judge. Source: https://firebase.google.com/docs/auth/admin/verify-id-tokens, "iss".
 */
export function claimsToBeOurs(project: string): (token: string) => boolean {
  const issuer = `https://securetoken.google.com/${project}`;
  return (token) => payloadOf(token)['iss'] === issuer;
}

function payloadOf(token: string): { [claim: string]: Json } {
  const [, payload = ''] = token.split('.');
  try {
    const claims: Json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isObject(claims) ? claims : {};
  } catch {
    return {};
  }
}
