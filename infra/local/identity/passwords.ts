import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { IdentityError, assert } from './errors.ts';

/** Base64url hash and salt with scrypt's cost parameters (Google's STANDARD_SCRYPT). */
export interface StoredPassword {
  hash: string;
  salt: string;
  cost: number;
  blockSize: number;
  parallelization: number;
}

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

export async function hashPassword(password: string): Promise<StoredPassword> {
  const salt = randomBytes(16).toString('base64url');
  const stored = { hash: '', salt, cost: COST, blockSize: 8, parallelization: 1 };
  const key = await derive(password, stored, KEY_BYTES);
  return { ...stored, hash: key.toString('base64url') };
}

export async function verifyPassword(password: string, stored: StoredPassword): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64url');
  if (expected.length === 0 || password.length > MAX_PASSWORD) return false;
  return timingSafeEqual(await derive(password, stored, expected.length), expected);
}

/** Whether scrypt would accept these parameters within our memory limit; imported hashes are checked first. */
export function usableParameters({ cost, blockSize, parallelization }: StoredPassword): boolean {
  const powerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost));
  const positive = blockSize > 0 && parallelization > 0 && parallelization <= 16;
  return powerOfTwo && positive && 128 * cost * blockSize < MAX_MEMORY;
}

async function derive(password: string, stored: StoredPassword, bytes: number): Promise<Buffer> {
  if (pending >= MAX_PENDING) throw new IdentityError('TOO_MANY_ATTEMPTS_TRY_LATER', 429);
  pending += 1;
  const { cost: N, blockSize: r, parallelization: p } = stored;
  const salt = Buffer.from(stored.salt, 'base64url');
  const options = { N, r, p, maxmem: MAX_MEMORY };
  try {
    return await new Promise((resolve, reject) => {
      scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    pending -= 1;
  }
}
