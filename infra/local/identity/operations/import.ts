import { newUser, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { readForeignScheme, type ForeignScheme } from '../foreign-passwords.ts';
import {
  MAX_PASSWORD,
  hashPassword,
  usableParameters,
  type OwnPassword,
  type StoredPassword,
} from '../passwords.ts';
import { canonicalPhone } from '../phone.ts';
import { readEnrollments } from '../second-factor.ts';
import type { User } from '../user.ts';
import { readIdentity } from './admin-changes.ts';
import { customClaimsProblem } from './custom-claims.ts';

/** Hashes of an import that are checked as they are; `cost` and so on are scrypt's. */
type Hashing = Omit<OwnPassword, 'hash' | 'salt'> | { scheme: ForeignScheme };

/**
 * accounts:batchCreate: accounts from elsewhere, each on its own; failures are listed by index. An account with the same id is
 * replaced. `batchGet` gives our hashes out as STANDARD_SCRYPT.
 */
export async function importAccounts(app: App, { body }: Call): Promise<object> {
  const users = body.objects('users');
  assert(users.length > 0, 'MISSING_USER_ACCOUNT');
  refuseDuplicates(users);
  const hashing = readHashing(body);
  const plain: (OwnPassword | undefined)[] = [];
  for (const fields of users) plain.push(await hashedPlain(fields));
  const error: object[] = [];
  app.store.transaction(() => {
    for (const [index, fields] of users.entries()) {
      try {
        app.store.save(readUser(app, fields, plain[index] ?? readPassword(fields, hashing)));
      } catch (cause) {
        if (!(cause instanceof IdentityError)) throw cause;
        error.push({ index, message: cause.message });
      }
    }
  });
  const kind = 'identitytoolkit#UploadAccountResponse';
  return error.length === 0 ? { kind } : { kind, error };
}

function refuseDuplicates(users: Fields[]): void {
  const seen = new Set<string>();
  for (const fields of users) {
    const localId = fields.string('localId');
    if (localId === undefined) continue;
    assert(!seen.has(localId), `DUPLICATE_LOCAL_ID : ${localId}`);
    seen.add(localId);
  }
}

/** Passwords in the clear, which Google takes from administrators of other systems too. */
async function hashedPlain(fields: Fields): Promise<OwnPassword | undefined> {
  const password = fields.string('rawPassword', MAX_PASSWORD);
  return password === undefined ? undefined : hashPassword(password);
}

function readHashing(body: Fields): Hashing | undefined {
  const algorithm = body.string('hashAlgorithm');
  if (algorithm === undefined) return undefined;
  if (algorithm !== 'STANDARD_SCRYPT') return { scheme: readForeignScheme(algorithm, body) };
  const options = {
    cost: body.integer('cpuMemCost') ?? 0,
    blockSize: body.integer('blockSize') ?? 0,
    parallelization: body.integer('parallelization') ?? 0,
  };
  assert(usableParameters(options), 'INVALID_HASH_MEMORY_COST');
  return options;
}

function readUser(app: App, fields: Fields, password: StoredPassword | undefined): User {
  const localId = fields.string('localId', 128);
  assert(localId && !localId.includes('/'), 'INVALID_LOCAL_ID');
  const phone = fields.string('phoneNumber');
  const mfaInfo = readEnrollments(fields.objects('mfaInfo'), app.now(), false);
  const email = fields.string('email');
  const customAttributes = fields.string('customAttributes');
  const problem = customAttributes === undefined ? undefined : customClaimsProblem(customAttributes);
  if (problem !== undefined) throw new IdentityError(problem);
  const fresh = newUser(app, localId);
  const identities = fields.objects('providerUserInfo').map(readIdentity);
  return {
    ...fresh,
    createdAt: fields.integer('createdAt') ?? fresh.createdAt,
    lastLoginAt: fields.integer('lastLoginAt'),
    validSince: fields.integer('validSince') ?? fresh.validSince,
    email: email === undefined ? undefined : canonicalEmail(email),
    phoneNumber: phone === undefined ? undefined : canonicalPhone(phone),
    mfaInfo: mfaInfo.length === 0 ? undefined : mfaInfo,
    emailVerified: fields.boolean('emailVerified') ?? false,
    displayName: fields.string('displayName', 256),
    photoUrl: fields.string('photoUrl', 2_048),
    disabled: fields.boolean('disabled') ?? false,
    customAttributes,
    password,
    passwordUpdatedAt: password === undefined ? undefined : app.now(),
    identities: identities.filter(({ providerId }) => providerId !== 'password' && providerId !== 'phone'),
  };
}

function readPassword(fields: Fields, hashing: Hashing | undefined): StoredPassword | undefined {
  const hash = fields.string('passwordHash');
  if (hash === undefined) return undefined;
  if (hashing === undefined) throw new IdentityError('MISSING_HASH_ALGORITHM');
  return { hash, salt: fields.string('salt') ?? '', ...hashing };
}
