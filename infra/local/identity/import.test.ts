import { createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { signInWithEmailAndPassword } from 'firebase/auth';
import type { HashAlgorithmType, UserImportOptions } from 'firebase-admin/auth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
beforeAll(async () => {
  clients = await startClients();
});
afterAll(() => clients.close());

const PASSWORD = 'password';
const SALT = 'NaCl';
const key = Buffer.from('secret');
const hmac = (name: string): Buffer =>
  createHmac(name, key)
    .update(PASSWORD + SALT)
    .digest();
const hash = (name: string): Buffer =>
  createHash(name)
    .update(SALT + PASSWORD)
    .digest();
// The test vector of https://github.com/firebase/scrypt.
const FIREBASE_KEY =
  'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
const FIREBASE_HASH =
  'V358E8LdWJXAO7muq0CufVpEOXaj8aFiC7T/rcaGieN04q/ZPJ08WhJEHGjj9lz/2TT+/86N5VjVoc5DdBhBiw==';

describe('passwords hashed elsewhere sign in', () => {
  test.each<[HashAlgorithmType, Partial<UserImportOptions['hash']>, Buffer]>([
    ['HMAC_SHA512', { key }, hmac('sha512')],
    ['HMAC_SHA256', { key }, hmac('sha256')],
    ['HMAC_SHA1', { key }, hmac('sha1')],
    ['HMAC_MD5', { key }, hmac('md5')],
    ['SHA512', { rounds: 1 }, hash('sha512')],
    ['SHA256', { rounds: 1 }, hash('sha256')],
    ['SHA1', { rounds: 1 }, hash('sha1')],
    ['MD5', { rounds: 0 }, Buffer.from(hash('md5').toString('hex'))],
    ['PBKDF_SHA1', { rounds: 1000 }, pbkdf2Sync(PASSWORD, SALT, 1000, 20, 'sha1')],
    ['PBKDF2_SHA256', { rounds: 100_000 }, pbkdf2Sync(PASSWORD, SALT, 100_000, 64, 'sha256')],
    [
      'STANDARD_SCRYPT',
      { memoryCost: 1024, parallelization: 16, blockSize: 8, derivedKeyLength: 64 },
      scryptSync(PASSWORD, SALT, 64, { N: 1024, r: 8, p: 16 }),
    ],
  ])('%s', async (algorithm, options, passwordHash) => {
    const email = `${algorithm.toLowerCase()}@example.com`;
    const user = { uid: algorithm, email, passwordHash, passwordSalt: Buffer.from(SALT) };
    const result = await clients.admin.importUsers([user], { hash: { algorithm, ...options } });
    expect(result).toMatchObject({ successCount: 1, errors: [] });
    const { user: signedIn } = await signInWithEmailAndPassword(clients.web(), email, PASSWORD);
    expect([signedIn.uid, signedIn.providerData[0]?.providerId]).toEqual([algorithm, 'password']);
    const wrong = signInWithEmailAndPassword(clients.web(), email, `${PASSWORD}!`);
    await expect(wrong).rejects.toMatchObject({ code: 'auth/wrong-password' });
  });

  test('Firebase’s own SCRYPT', async () => {
    const options = {
      algorithm: 'SCRYPT',
      key: Buffer.from(FIREBASE_KEY, 'base64'),
      saltSeparator: Buffer.from('Bw==', 'base64'),
      rounds: 8,
      memoryCost: 14,
    } as const;
    const passwordHash = Buffer.from(FIREBASE_HASH, 'base64');
    const user = { uid: 'f', email: 'f@example.com', passwordHash, passwordSalt: Buffer.from(SALT) };
    expect(await clients.admin.importUsers([user], { hash: options })).toMatchObject({ errors: [] });
    expect((await signInWithEmailAndPassword(clients.web(), 'f@example.com', PASSWORD)).user.uid).toBe('f');
  });

  test('in the clear', async () => {
    const users = [{ localId: 'plain', email: 'PLAIN@example.com', rawPassword: PASSWORD }];
    await clients.call(`${TOOLKIT}/projects/${PROJECT}/accounts:batchCreate`, { users }, OWNER);
    expect((await signInWithEmailAndPassword(clients.web(), 'plain@example.com', PASSWORD)).user.uid).toBe(
      'plain',
    );
  });
});

test.each([
  [{ hashAlgorithm: 'BCRYPT' }, 'INVALID_HASH_ALGORITHM : BCRYPT hashes cannot be imported.'],
  [{ hashAlgorithm: 'SHA256', rounds: 5 }, 'INVALID_HASH_ROUNDS : Only one round can be imported.'],
  [{ hashAlgorithm: 'HMAC_SHA256' }, 'INVALID_HASH_KEY'],
  [{ hashAlgorithm: 'PBKDF2_SHA256', rounds: 10 ** 9 }, 'INVALID_HASH_ROUNDS'],
  [{ hashAlgorithm: 'SCRYPT', signerKey: 'x', rounds: 8, memoryCost: 30 }, 'INVALID_HASH_MEMORY_COST'],
])('%j -> %s', async (options, message) => {
  const users = [{ localId: 'never', passwordHash: 'aGFzaA' }];
  const path = `${TOOLKIT}/projects/${PROJECT}/accounts:batchCreate`;
  expect((await clients.call(path, { users, ...options }, OWNER)).body.error?.message).toBe(message);
});

test('the same id twice in one import -> refused whole', async () => {
  const users = [{ localId: 'twice' }, { localId: 'twice' }];
  const path = `${TOOLKIT}/projects/${PROJECT}/accounts:batchCreate`;
  expect((await clients.call(path, { users }, OWNER)).body.error?.message).toBe('DUPLICATE_LOCAL_ID : twice');
});

test('everything an account may have comes back from an import', async () => {
  const now = new Date(1_476_235_905_000).toUTCString();
  const record = {
    uid: 'full',
    email: 'full@example.com',
    emailVerified: true,
    displayName: 'Full',
    photoURL: 'http://example.com/photo.png',
    phoneNumber: '+15554446666',
    disabled: false,
    customClaims: { admin: true },
    metadata: { lastSignInTime: now, creationTime: now },
    providerData: [
      {
        uid: 'f1',
        displayName: 'F',
        email: 'full@example.com',
        photoURL: 'http://x/f',
        providerId: 'facebook.com',
      },
      { uid: 't1', displayName: 'T', photoURL: 'http://x/t', providerId: 'twitter.com' },
    ],
  };
  expect((await clients.admin.importUsers([record])).errors).toEqual([]);
  const found: unknown = JSON.parse(JSON.stringify(await clients.admin.getUser('full')));
  const phone = { uid: record.phoneNumber, providerId: 'phone', phoneNumber: record.phoneNumber };
  expect(found).toMatchObject({
    ...record,
    metadata: { ...record.metadata, lastRefreshTime: null },
    providerData: [...record.providerData, phone],
  });
});
