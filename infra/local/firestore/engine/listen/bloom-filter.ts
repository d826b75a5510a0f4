/**
 * Which documents still belong to a target, in few bits: a client that has too many removes those that are surely not among
 * them, instead of asking for everything again. MD5 of the full name as two little-endian 64-bit numbers, combined by double
 * hashing; bit 0 is the lowest of the first byte.
 * https://github.com/googleapis/googleapis/blob/master/google/firestore/v1/bloom_filter.proto
 */
import { createHash } from 'node:crypto';
import type { BloomFilter } from '../messages.ts';

const BITS_PER_NAME = 10; // with 7 hashes about one name in 120 is kept by mistake
const HASHES = 7;

export function bloomFilterOf(names: readonly string[]): BloomFilter {
  const bits = names.length * BITS_PER_NAME + 1;
  const bitmap = new Uint8Array(Math.ceil(bits / 8));
  for (const name of names) {
    const digest = createHash('md5').update(name).digest();
    const [first, second] = [digest.readBigUInt64LE(0), digest.readBigUInt64LE(8)];
    for (let i = 0n; i < HASHES; i += 1n) {
      const at = Number(BigInt.asUintN(64, first + i * second) % BigInt(bits));
      const byte = at >> 3;
      bitmap[byte] = (bitmap[byte] ?? 0) | (1 << (at & 7));
    }
  }
  return { bits: { bitmap, padding: bitmap.length * 8 - bits }, hashCount: HASHES };
}
