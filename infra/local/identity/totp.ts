/** Time-based one-time passwords as authenticator apps make them: RFC 6238 with SHA-1, 30 s and six digits; RFC 4648 base32. */
import { createHmac, randomBytes } from 'node:crypto';

export const TOTP = { verificationCodeLength: 6, hashingAlgorithm: 'SHA1', periodSec: 30 } as const;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_CHARACTERS = 32; // 160 bits
const ADJACENT = 1; // intervals by which the clocks may differ

export function newTotpSecret(): string {
  return [...randomBytes(SECRET_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

export function totpCode(secret: string, nowMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 1000 / TOTP.periodSec)));
  const mac = createHmac('sha1', decoded(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** TOTP.verificationCodeLength;
  return String(number).padStart(TOTP.verificationCodeLength, '0');
}

export function isTotpCode(code: string, secret: string, nowMs: number): boolean {
  const step = TOTP.periodSec * 1000;
  for (let i = -ADJACENT; i <= ADJACENT; i += 1) {
    if (nowMs + i * step >= 0 && totpCode(secret, nowMs + i * step) === code) return true;
  }
  return false;
}

function decoded(secret: string): Buffer {
  const bits = [...secret]
    .map((character) => ALPHABET.indexOf(character).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
