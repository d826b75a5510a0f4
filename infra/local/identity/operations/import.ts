import { newUser, type App, type Call } from '../app.ts';
import { canonicalEmail } from '../email.ts';
import { IdentityError, assert } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { usableParameters, type StoredPassword } from '../passwords.ts';
import { canonicalPhone } from '../phone.ts';
import { readEnrollments } from '../second-factor.ts';
import type { User } from '../user.ts';
import { readIdentity } from './admin-changes.ts';
import { customClaimsProblem } from './custom-claims.ts';

/**
 * accounts:batchCreate: accounts from elsewhere, each on its own; failures are listed by index. Passwords come as
 * STANDARD_SCRYPT hashes, which is also how `batchGet` gives ours out.
 */
export function importAccounts(app: App, { body }: Call): object {
  const users = body.objects('users');
  assert(users.length > 0, 'MISSING_USER_ACCOUNT');
  const scrypt = readHashOptions(body);
  const error: object[] = [];
  app.store.transaction(() => {
    for (const [index, fields] of users.entries()) {
      try {
        app.store.save(readUser(app, fields, scrypt));
      } catch (cause) {
        if (!(cause instanceof IdentityError)) throw cause;
        error.push({ index, message: cause.message });
      }
    }
  });
  const kind = 'identitytoolkit#UploadAccountResponse';
  return error.length === 0 ? { kind } : { kind, error };
}

function readHashOptions(body: Fields): Omit<StoredPassword, 'hash' | 'salt'> | undefined {
  const algorithm = body.string('hashAlgorithm');
  if (algorithm === undefined) return undefined;
  assert(
    algorithm === 'STANDARD_SCRYPT',
    'INVALID_HASH_ALGORITHM : Only STANDARD_SCRYPT hashes can be imported.',
  );
  const options = {
    cost: body.integer('cpuMemCost') ?? 0,
    blockSize: body.integer('blockSize') ?? 0,
    parallelization: body.integer('parallelization') ?? 0,
  };
  assert(usableParameters({ ...options, hash: '', salt: '' }), 'INVALID_HASH_MEMORY_COST');
  return options;
}

function readUser(app: App, fields: Fields, scrypt: ReturnType<typeof readHashOptions>): User {
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
  const password = readPassword(fields, scrypt);
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

function readPassword(
  fields: Fields,
  scrypt: ReturnType<typeof readHashOptions>,
): StoredPassword | undefined {
  const hash = fields.string('passwordHash');
  if (hash === undefined) return undefined;
  if (scrypt === undefined) throw new IdentityError('MISSING_HASH_ALGORITHM');
  return { hash, salt: fields.string('salt') ?? '', ...scrypt };
}
