/**
 * Passwords that were hashed elsewhere and imported. The algorithms are those of
 * https://firebase.google.com/docs/auth/admin/import-users; the order of salt and password, where the import does not say, is as
 * in Google's own fixtures. BCRYPT is not among Node's algorithms, and what several rounds of a plain hash mean is not documented.
 */
import { createCipheriv, createHash, createHmac, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { IdentityError, assert } from './errors.ts';
import type { Fields } from './fields.ts';

const HMACS = ['HMAC_SHA512', 'HMAC_SHA256', 'HMAC_SHA1', 'HMAC_MD5'] as const;
const HASHES = ['SHA512', 'SHA256', 'SHA1', 'MD5'] as const;
const PBKDFS = ['PBKDF2_SHA256', 'PBKDF_SHA1'] as const;

export type ForeignScheme =
  | { algorithm: (typeof HMACS)[number]; key: string; saltFirst: boolean }
  | { algorithm: (typeof HASHES)[number]; asHex: boolean; saltFirst: boolean }
  | { algorithm: (typeof PBKDFS)[number]; rounds: number }
  | { algorithm: 'SCRYPT'; key: string; separator: string; rounds: number; memoryCost: number };

const derive = promisify(pbkdf2);
/** Google's bounds. */
const MAX_PBKDF_ROUNDS = 120_000;
const MAX_SCRYPT_ROUNDS = 8;
const MAX_SCRYPT_MEMORY = 14; // a power of two: 16 MiB with 8 rounds

/** How the passwords of an import were hashed. Throws INVALID_HASH_ALGORITHM and the like. */
export function readForeignScheme(algorithm: string, body: Fields): ForeignScheme {
  const order = body.string('passwordHashOrder');
  const rounds = body.integer('rounds') ?? 0;
  const hmac = HMACS.find((known) => known === algorithm);
  if (hmac) return { algorithm: hmac, key: signerKey(body), saltFirst: order === 'SALT_AND_PASSWORD' };
  const hash = HASHES.find((known) => known === algorithm);
  if (hash) {
    assert(
      rounds <= 1 && (rounds === 1 || hash === 'MD5'),
      'INVALID_HASH_ROUNDS : Only one round can be imported.',
    );
    return { algorithm: hash, asHex: rounds === 0, saltFirst: order !== 'PASSWORD_AND_SALT' };
  }
  const pbkdf = PBKDFS.find((known) => known === algorithm);
  if (pbkdf) {
    assert(rounds > 0 && rounds <= MAX_PBKDF_ROUNDS, 'INVALID_HASH_ROUNDS');
    return { algorithm: pbkdf, rounds };
  }
  assert(algorithm === 'SCRYPT', `INVALID_HASH_ALGORITHM : ${algorithm} hashes cannot be imported.`);
  const memoryCost = body.integer('memoryCost') ?? 0;
  assert(rounds > 0 && rounds <= MAX_SCRYPT_ROUNDS, 'INVALID_HASH_ROUNDS');
  assert(memoryCost > 0 && memoryCost <= MAX_SCRYPT_MEMORY, 'INVALID_HASH_MEMORY_COST');
  return {
    algorithm,
    key: signerKey(body),
    separator: body.string('saltSeparator') ?? '',
    rounds,
    memoryCost,
  };
}

function signerKey(body: Fields): string {
  const key = body.string('signerKey');
  if (key === undefined || key === '') throw new IdentityError('INVALID_HASH_KEY');
  return key;
}

/** The hash that `password` would have. `salt` and the result are base64url, as everything in the scheme. */
export async function foreignHash(
  password: string,
  salt: string,
  bytes: number,
  scheme: ForeignScheme,
): Promise<Buffer> {
  const salted = Buffer.from(salt, 'base64url');
  const secret = Buffer.from(password);
  switch (scheme.algorithm) {
    case 'PBKDF2_SHA256':
      return derive(secret, salted, scheme.rounds, bytes, 'sha256');
    case 'PBKDF_SHA1':
      return derive(secret, salted, scheme.rounds, bytes, 'sha1');
    case 'SCRYPT':
      return firebaseScrypt(secret, salted, scheme);
    case 'SHA512':
    case 'SHA256':
    case 'SHA1':
    case 'MD5': {
      const digest = createHash(scheme.algorithm).update(joined(secret, salted, scheme.saltFirst));
      return scheme.asHex ? Buffer.from(digest.digest('hex')) : digest.digest();
    }
    default: {
      const key = Buffer.from(scheme.key, 'base64url');
      const hash = scheme.algorithm.slice('HMAC_'.length);
      return createHmac(hash, key)
        .update(joined(secret, salted, scheme.saltFirst))
        .digest();
    }
  }
}

const joined = (password: Buffer, salt: Buffer, saltFirst: boolean): Buffer =>
  Buffer.concat(saltFirst ? [salt, password] : [password, salt]);

/** Firebase's own: scrypt makes a key, which encrypts the project's signer key. https://github.com/firebase/scrypt */
async function firebaseScrypt(
  password: Buffer,
  salt: Buffer,
  { key, separator, rounds, memoryCost }: Extract<ForeignScheme, { algorithm: 'SCRYPT' }>,
): Promise<Buffer> {
  const salted = Buffer.concat([salt, Buffer.from(separator, 'base64url')]);
  const options = { N: 2 ** memoryCost, r: rounds, p: 1, maxmem: 64 * 1024 * 1024 };
  const derived = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salted, 64, options, (error, made) => (error ? reject(error) : resolve(made)));
  });
  const cipher = createCipheriv('aes-256-ctr', derived.subarray(0, 32), Buffer.alloc(16));
  return Buffer.concat([cipher.update(Buffer.from(key, 'base64url')), cipher.final()]);
}
