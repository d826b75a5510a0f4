import type { CacheEntry } from '../../ports/cache.ts';

/**
 * How an entry lies in Redis: version (1 byte), flags (1), end of its life in milliseconds since 1970 (8, big endian),
 * length of the type (1), type (UTF-8), data. The end is kept beside Redis' own, for that counts by another clock.
 */
const VERSION = 1;
const DEFLATED = 1;
const HEAD = 11;

export function seal({ type, deflated, data, expiresAt }: CacheEntry): Buffer {
  const name = Buffer.from(type, 'utf8');
  if (name.length > 255) throw new RangeError('The name of a type may have 255 bytes.');
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(VERSION, 0);
  head.writeUInt8(deflated ? DEFLATED : 0, 1);
  head.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(expiresAt))), 2);
  head.writeUInt8(name.length, 10);
  return Buffer.concat([head, name, data]);
}

/** Undefined for what is no envelope of this version: another program's, or a later one's. */
export function unseal(bytes: Buffer): CacheEntry | undefined {
  if (bytes.length < HEAD || bytes.readUInt8(0) !== VERSION) return undefined;
  const start = HEAD + bytes.readUInt8(10);
  if (bytes.length < start) return undefined;
  return {
    type: bytes.toString('utf8', HEAD, start),
    deflated: (bytes.readUInt8(1) & DEFLATED) !== 0,
    data: new Uint8Array(bytes.subarray(start)),
    expiresAt: Number(bytes.readBigUInt64BE(2)),
  };
}
