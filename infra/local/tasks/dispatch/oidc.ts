/**
 * The ID tokens that dispatches carry (https://cloud.google.com/docs/authentication/token-types#id): RS256, with the same
 * claims as Google's, signed by a key of this server. A verifier is pointed at the server's JWKS instead of Google's.
 */
import { createHash } from 'node:crypto';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { JWK } from 'jose';
import type { Store } from '../store/store.ts';

const LIFETIME_S = 3_600; // as Google's
const REUSE_S = 1_800;
const MAX_CACHED = 1_000;
const META_KEY = 'oidc-key';

export interface TokenSigner {
  token(email: string, audience: string, nowMs: number): Promise<string>;
  jwks(): Promise<{ keys: JWK[] }>;
}

export function createTokenSigner(store: Store, issuer: string): TokenSigner {
  let key: Promise<JWK> | undefined;
  const cache = new Map<string, { token: string; until: number }>();
  const privateKey = (): Promise<JWK> => (key ??= loadOrCreateKey(store));

  return {
    async token(email, audience, nowMs) {
      const now = Math.floor(nowMs / 1000);
      const cacheKey = JSON.stringify([email, audience]);
      const cached = cache.get(cacheKey);
      if (cached !== undefined && cached.until > now) return cached.token;
      const jwk = await privateKey();
      const token = await new SignJWT({ email, email_verified: true, azp: accountId(email) })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid ?? '' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId(email))
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_S)
        .sign(await importJWK(jwk, 'RS256'));
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(cacheKey, { token, until: now + REUSE_S });
      return token;
    },
    async jwks() {
      const { kty, n, e, kid } = await privateKey();
      return { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK] };
    },
  };
}

/** Durable before it signs anything: a token must verify after a crash. */
async function loadOrCreateKey(store: Store): Promise<JWK> {
  const stored = store.meta(META_KEY);
  if (stored !== undefined) return JSON.parse(stored) as JWK;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  jwk.kid = await calculateJwkThumbprint(jwk);
  await store.journal.durable(() => store.putMeta(META_KEY, JSON.stringify(jwk)));
  return jwk;
}

/** Google's `sub` is a 21-digit number; this one is stable for an email. */
function accountId(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex');
  return BigInt(`0x${digest}`).toString().slice(0, 21);
}
