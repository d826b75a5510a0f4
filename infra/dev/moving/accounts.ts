/** People's accounts, through the Admin SDK, which speaks to Google's and to the embedded server alike. */
import type { Auth, UserImportRecord, UserRecord } from 'firebase-admin/auth';

/** As the Admin SDK's `importUsers` takes it, bytes as base64. */
export type HashScheme =
  | {
      algorithm: 'STANDARD_SCRYPT';
      memoryCost: number;
      blockSize: number;
      parallelization: number;
      derivedKeyLength: number;
    }
  | { algorithm: 'SCRYPT'; key: string; saltSeparator: string; rounds: number; memoryCost: number };

export interface Account {
  uid: string;
  email?: string;
  email_verified: boolean;
  display_name?: string;
  photo_url?: string;
  phone?: string;
  disabled: boolean;
  claims?: Record<string, unknown>;
  /** As in the Admin SDK's UserMetadata. */
  created_at: string;
  last_sign_in_at?: string;
  providers: { id: string; uid: string; email?: string; display_name?: string; photo_url?: string }[];
  second_factors: { uid: string; phone: string; display_name?: string }[];
  /** Base64. */
  password?: { hash: string; salt: string };
}

type HashOptions = NonNullable<NonNullable<Parameters<Auth['importUsers']>[1]>['hash']>;

/** What accounts cannot take along, as counts for a report. */
export interface LeftBehind {
  /** Passwords whose hash or scheme the source does not tell: those people ask for a new password. */
  passwords: number;
  /** Accounts without anything to sign in with: they live in one browser's session, and sessions do not move. */
  anonymous: number;
  /** Second factors other than phones. */
  factors: number;
}

/** The embedded server's own: infra/local/identity/passwords.ts. */
export const EMBEDDED_SCHEME: HashScheme = {
  algorithm: 'STANDARD_SCRYPT',
  memoryCost: 16_384,
  blockSize: 8,
  parallelization: 1,
  derivedKeyLength: 32,
};
const EMBEDDED_HASH_BYTES = 32;
const EMBEDDED_SALT_BYTES = 16;
/** What Google sends in place of a hash to whoever may not read it. */
const REDACTED = 'UkVEQUNURUQ=';
const PAGE = 1_000;
/** As many as the API looks up at a time. */
const LOOKUP = 100;

export async function* readAccounts(
  auth: Auth,
  scheme: HashScheme | null,
  left: LeftBehind,
): AsyncGenerator<Account> {
  let token: string | undefined;
  do {
    const page = await auth.listUsers(PAGE, token);
    for (const user of page.users) yield accountOf(user, scheme, left);
    token = page.pageToken;
  } while (token !== undefined && token !== '');
}

/** Creates up to 1,000 accounts; those that exist stay as they are. Throws when one is refused. */
export async function createAccounts(
  auth: Auth,
  accounts: readonly Account[],
  scheme: HashScheme | null,
): Promise<void> {
  const known = await knownTo(auth, accounts);
  const missing = accounts.filter(({ uid }) => !known.has(uid));
  if (missing.length === 0) return;
  const hash = scheme === null ? undefined : hashOptions(scheme);
  const result = await auth.importUsers(missing.map(recordOf), hash === undefined ? undefined : { hash });
  const [first] = result.errors;
  if (first !== undefined) {
    throw new Error(
      `${result.failureCount} accounts were refused, the first (${missing[first.index]?.uid}): ${first.error.message}`,
    );
  }
}

/** Ids that are taken. An import would replace such an account, and bring back a claim or a password that was taken away. */
async function knownTo(auth: Auth, accounts: readonly Account[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (let i = 0; i < accounts.length; i += LOOKUP) {
    const asked = accounts.slice(i, i + LOOKUP).map(({ uid }) => ({ uid }));
    for (const { uid } of (await auth.getUsers(asked)).users) known.add(uid);
  }
  return known;
}

function accountOf(user: UserRecord, scheme: HashScheme | null, left: LeftBehind): Account {
  const federated = user.providerData.filter(
    ({ providerId }) => providerId !== 'password' && providerId !== 'phone',
  );
  const factors = user.multiFactor?.enrolledFactors ?? [];
  const phones = factors.filter(({ factorId }) => factorId === 'phone');
  const password = passwordOf(user, scheme);
  if (password === undefined && user.passwordHash !== undefined) left.passwords += 1;
  if (user.providerData.length === 0) left.anonymous += 1;
  left.factors += factors.length - phones.length;
  return {
    uid: user.uid,
    ...(user.email === undefined ? {} : { email: user.email }),
    email_verified: user.emailVerified,
    ...(user.displayName === undefined ? {} : { display_name: user.displayName }),
    ...(user.photoURL === undefined ? {} : { photo_url: user.photoURL }),
    ...(user.phoneNumber === undefined ? {} : { phone: user.phoneNumber }),
    disabled: user.disabled,
    ...(user.customClaims === undefined ? {} : { claims: user.customClaims }),
    created_at: user.metadata.creationTime,
    ...(user.metadata.lastSignInTime ? { last_sign_in_at: user.metadata.lastSignInTime } : {}),
    providers: federated.map((info) => ({
      id: info.providerId,
      uid: info.uid,
      ...(info.email ? { email: info.email } : {}),
      ...(info.displayName ? { display_name: info.displayName } : {}),
      ...(info.photoURL ? { photo_url: info.photoURL } : {}),
    })),
    second_factors: phones.map((factor) => ({
      uid: factor.uid,
      phone: 'phoneNumber' in factor ? String(factor.phoneNumber) : '',
      ...(factor.displayName === undefined ? {} : { display_name: factor.displayName }),
    })),
    ...(password === undefined ? {} : { password }),
  };
}

function passwordOf(
  { passwordHash, passwordSalt }: UserRecord,
  scheme: HashScheme | null,
): Account['password'] {
  if (scheme === null || passwordHash === undefined || passwordHash === REDACTED) return undefined;
  const hash = Buffer.from(passwordHash, 'base64');
  const salt = Buffer.from(passwordSalt ?? '', 'base64');
  // The embedded server also keeps hashes that were imported, whose schemes its API does not tell.
  const isOwn = hash.length === EMBEDDED_HASH_BYTES && salt.length === EMBEDDED_SALT_BYTES;
  if (scheme.algorithm === 'STANDARD_SCRYPT' && !isOwn) return undefined;
  return { hash: hash.toString('base64'), salt: salt.toString('base64') };
}

function recordOf(account: Account): UserImportRecord {
  const {
    email,
    display_name: displayName,
    photo_url: photoURL,
    phone: phoneNumber,
    claims,
    password,
  } = account;
  return {
    uid: account.uid,
    emailVerified: account.email_verified,
    disabled: account.disabled,
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(photoURL === undefined ? {} : { photoURL }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
    ...(claims === undefined ? {} : { customClaims: claims }),
    metadata: {
      creationTime: account.created_at,
      ...(account.last_sign_in_at === undefined ? {} : { lastSignInTime: account.last_sign_in_at }),
    },
    providerData: account.providers.map((info) => ({
      providerId: info.id,
      uid: info.uid,
      ...(info.email === undefined ? {} : { email: info.email }),
      ...(info.display_name === undefined ? {} : { displayName: info.display_name }),
      ...(info.photo_url === undefined ? {} : { photoURL: info.photo_url }),
    })),
    ...(account.second_factors.length === 0
      ? {}
      : {
          multiFactor: {
            enrolledFactors: account.second_factors.map((factor) => ({
              uid: factor.uid,
              factorId: 'phone',
              phoneNumber: factor.phone,
              ...(factor.display_name === undefined ? {} : { displayName: factor.display_name }),
            })),
          },
        }),
    ...(password === undefined
      ? {}
      : {
          passwordHash: Buffer.from(password.hash, 'base64'),
          passwordSalt: Buffer.from(password.salt, 'base64'),
        }),
  };
}

function hashOptions(scheme: HashScheme): HashOptions {
  if (scheme.algorithm === 'STANDARD_SCRYPT') return scheme;
  const { key, saltSeparator, ...rest } = scheme;
  return { ...rest, key: Buffer.from(key, 'base64'), saltSeparator: Buffer.from(saltSeparator, 'base64') };
}
