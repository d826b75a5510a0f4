import { randomBytes } from 'node:crypto';
import { IdentityError, assert } from './errors.ts';
import type { Fields } from './fields.ts';
import { ID_TOKEN_SECONDS, mintIdToken, readIdToken, type IdTokenClaims, type Session } from './id-token.ts';
import type { OobCodes } from './oob-codes.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { enrollmentHint } from './second-factor.ts';
import type { Store } from './store.ts';
import type { Tenant, Tenants } from './tenants.ts';
import type { Tickets } from './tickets.ts';
import type { User } from './user.ts';
import type { VerificationCodes } from './verification-codes.ts';

/** What every operation works with. */
export interface App {
  project: string;
  store: Store;
  refreshTokens: RefreshTokens;
  /** Present when the call is about the accounts of a tenant. */
  tenant?: Tenant | undefined;
  /** The project's. */
  tenants: Tenants;
  /** Deletes everything that belongs to a tenant. */
  forgetTenant: (tenantId: string) => void;
  oobCodes: OobCodes;
  codes: VerificationCodes;
  /** Numbers that were proven but belong to another account than the caller's. */
  phoneProofs: Tickets<{ phoneNumber: string }>;
  /** First factors given, second ones not yet. */
  pendingSignIns: Tickets<{ localId: string; provider: string }>;
  /** Secrets shown to someone who has not yet entered a code. */
  totpEnrollments: Tickets<{ localId: string; secret: string }>;
  signUps: RateLimit;
  badPasswords: RateLimit;
  now: () => number;
}

/** One API call. `privileged`: sent by an administrator (`Authorization: Bearer owner`, or the installation's secret). */
export interface Call {
  body: Fields;
  query: URLSearchParams;
  privileged: boolean;
  /** `http://host:port` as the caller sees this server. */
  origin: string;
}

export type Operation = (app: App, call: Call) => object | Promise<object>;

export interface Tokens {
  idToken: string;
  refreshToken: string;
  expiresIn: string;
}

export function newUser(app: App, localId = randomId()): User {
  const now = app.now();
  return {
    localId,
    createdAt: now,
    validSince: Math.floor(now / 1000),
    emailVerified: false,
    disabled: false,
    identities: [],
  };
}

/** 28 letters and digits, like Google's. */
function randomId(): string {
  const id = randomBytes(32)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '');
  return id.length >= 28 ? id.slice(0, 28) : randomId();
}

/** Stores the account with this sign-in and opens a session for it. */
export function signIn(app: App, user: User, how: Omit<Session, 'authTime'>): { user: User; tokens: Tokens } {
  assert(!user.disabled, 'USER_DISABLED');
  const now = app.now();
  const signedIn = { ...user, lastLoginAt: now, lastRefreshAt: now };
  const session: Session = { ...how, authTime: Math.floor(now / 1000) };
  return app.store.transaction(() => {
    app.store.save(signedIn);
    const refreshToken = app.refreshTokens.issue(user.localId, session);
    const idToken = mintIdToken(signedIn, session, app, now);
    return { user: signedIn, tokens: { idToken, refreshToken, expiresIn: String(ID_TOKEN_SECONDS) } };
  });
}

/** What someone gets who has given the first of two factors. */
interface Pending {
  mfaPendingCredential: string;
  mfaInfo: object[];
}

/** As `signIn`, but where the account has a second factor the session waits for it. */
export function signInFirstFactor(
  app: App,
  user: User,
  provider: string,
): { user: User; tokens: Tokens | Pending } {
  if (user.mfaInfo === undefined || user.mfaInfo.length === 0) return signIn(app, user, { provider });
  assert(!user.disabled, 'USER_DISABLED');
  app.store.save(user);
  const mfaPendingCredential = app.pendingSignIns.issue({ localId: user.localId, provider });
  return { user, tokens: { mfaPendingCredential, mfaInfo: user.mfaInfo.map(enrollmentHint) } };
}

/** The account of the caller's ID token. Throws Google's error for a token that is bad, expired, revoked or orphaned. */
export function authenticate(app: App, idToken: string): { user: User; claims: IdTokenClaims } {
  const claims = readIdToken(idToken, app, app.now());
  const user = app.store.byId(claims.sub);
  if (user === undefined) throw new IdentityError('USER_NOT_FOUND');
  assert(!user.disabled, 'USER_DISABLED');
  assert(claims.iat >= user.validSince, 'TOKEN_EXPIRED');
  return { user, claims };
}

/** The account with its open sessions revoked from now on. */
export function revoked(app: App, user: User, since = Math.floor(app.now() / 1000)): User {
  app.refreshTokens.revokeAll(user.localId);
  return { ...user, validSince: since };
}
