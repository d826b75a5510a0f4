import type { StoredPassword } from './passwords.ts';
import { enrollmentToWire, type Enrollment } from './second-factor.ts';

export interface FederatedIdentity {
  providerId: string;
  rawId: string;
  federatedId?: string | undefined;
  email?: string | undefined;
  displayName?: string | undefined;
  photoUrl?: string | undefined;
  screenName?: string | undefined;
}

/** An account as it is stored. Times are milliseconds since the epoch, `validSince` seconds. */
export interface User {
  localId: string;
  createdAt: number;
  /** Tokens issued before this second are revoked. */
  validSince: number;
  emailVerified: boolean;
  disabled: boolean;
  /** Federated identities; at most one for each provider. */
  identities: FederatedIdentity[];
  email?: string | undefined;
  phoneNumber?: string | undefined;
  /** Second factors. */
  mfaInfo?: Enrollment[] | undefined;
  /** The address before the user's first change, offered back by a RECOVER_EMAIL code. */
  initialEmail?: string | undefined;
  displayName?: string | undefined;
  photoUrl?: string | undefined;
  screenName?: string | undefined;
  password?: StoredPassword | undefined;
  passwordUpdatedAt?: number | undefined;
  emailLinkSignin?: boolean | undefined;
  customAuth?: boolean | undefined;
  /** JSON text of an object: the claims an administrator set. */
  customAttributes?: string | undefined;
  lastLoginAt?: number | undefined;
  lastRefreshAt?: number | undefined;
}

/** What Google sends in place of the hash to the user itself; the web SDK looks at its presence. */
const REDACTED = Buffer.from('REDACTED').toString('base64');

export function hasPasswordProvider(user: User): boolean {
  return user.email !== undefined && (user.password !== undefined || user.emailLinkSignin === true);
}

/** `providerUserInfo` of the API: the password provider, when there is one, the federated ones, the phone. */
export function providersOf(user: User): object[] {
  const { email, displayName, photoUrl, phoneNumber } = user;
  const password = { providerId: 'password', email, federatedId: email, rawId: email, displayName, photoUrl };
  const phone = { providerId: 'phone', phoneNumber, rawId: phoneNumber };
  return [
    ...(hasPasswordProvider(user) ? [password] : []),
    ...user.identities,
    ...(phoneNumber === undefined ? [] : [phone]),
  ];
}

/** The account as `accounts:lookup` and `accounts:batchGet` show it; only an administrator sees hashes. */
export function toWire(user: User, privileged: boolean, tenant?: { tenantId: string }): object {
  const { identities: _, password, passwordUpdatedAt, ...rest } = user;
  return {
    ...rest,
    tenantId: tenant?.tenantId,
    providerUserInfo: providersOf(user),
    mfaInfo: user.mfaInfo?.map(enrollmentToWire),
    validSince: String(user.validSince),
    createdAt: String(user.createdAt),
    lastLoginAt: user.lastLoginAt === undefined ? undefined : String(user.lastLoginAt),
    lastRefreshAt: user.lastRefreshAt === undefined ? undefined : new Date(user.lastRefreshAt).toISOString(),
    ...(password === undefined
      ? {}
      : {
          passwordHash: privileged ? password.hash : REDACTED,
          salt: privileged ? password.salt : undefined,
          passwordUpdatedAt,
        }),
  };
}
