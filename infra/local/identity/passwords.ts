import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { IdentityError, assert } from './errors.ts';
import { foreignHash, type ForeignScheme } from './foreign-passwords.ts';

/** Base64url hash and salt with scrypt's cost parameters (Google's STANDARD_SCRYPT). */
export interface OwnPassword {
  hash: string;
  salt: string;
  cost: number;
  blockSize: number;
  parallelization: number;
}

/** One that was hashed elsewhere. */
interface ForeignPassword {
  hash: string;
  salt: string;
  scheme: ForeignScheme;
}

export type StoredPassword = OwnPassword | ForeignPassword;

const COST = 16_384; // 16 MiB and about 40 ms a password, Node's default
const KEY_BYTES = 32;
const MAX_MEMORY = 64 * 1024 * 1024;
/** Google's own bounds, in characters. */
export const MIN_PASSWORD = 6;
export const MAX_PASSWORD = 4_096;
/** Hashes under way or waiting; above this a flood of sign-ins is turned away instead of queued for minutes. */
const MAX_PENDING = 64;
let pending = 0;

export function assertStrong(password: string): void {
  assert(
    password.length >= MIN_PASSWORD,
    `WEAK_PASSWORD : Password should be at least ${MIN_PASSWORD} characters`,
  );
  assert(password.length <= MAX_PASSWORD, 'PASSWORD_DOES_NOT_MEET_REQUIREMENTS : Password is too long');
}

export async function hashPassword(password: string): Promise<OwnPassword> {
  const salt = randomBytes(16).toString('base64url');
  const stored = { hash: '', salt, cost: COST, blockSize: 8, parallelization: 1 };
  const key = await derive(password, stored, KEY_BYTES);
  return { ...stored, hash: key.toString('base64url') };
}

export async function verifyPassword(password: string, stored: StoredPassword): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64url');
  if (expected.length === 0 || password.length > MAX_PASSWORD) return false;
  const actual =
    'scheme' in stored
      ? await queued(() => foreignHash(password, stored.salt, expected.length, stored.scheme))
      : await derive(password, stored, expected.length);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** Whether scrypt would accept these parameters within our memory limit; imported hashes are checked first. */
export function usableParameters({
  cost,
  blockSize,
  parallelization,
}: Omit<OwnPassword, 'hash' | 'salt'>): boolean {
  const powerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost));
  const positive = blockSize > 0 && parallelization > 0 && parallelization <= 16;
  return powerOfTwo && positive && 128 * cost * blockSize < MAX_MEMORY;
}

function derive(password: string, stored: OwnPassword, bytes: number): Promise<Buffer> {
  const { cost: N, blockSize: r, parallelization: p } = stored;
  const salt = Buffer.from(stored.salt, 'base64url');
  const options = { N, r, p, maxmem: MAX_MEMORY };
  return queued(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}

async function queued<T>(work: () => Promise<T>): Promise<T> {
  if (pending >= MAX_PENDING) throw new IdentityError('TOO_MANY_ATTEMPTS_TRY_LATER', 429);
  pending += 1;
  try {
    return await work();
  } finally {
    pending -= 1;
  }
}
