/**
 * Paths as keys. Byte order is Firestore's order: segment by segment, numeric ids first, then text by UTF-8.
 * A document's key ends in 00, so that no key is the beginning of another; its descendants start with the key less that 00.
 */
import { escaped, orderedInt64, unescape } from '../value/bytes.ts';
import { numericId } from './resource-name.ts';

const NUMBER = 0x01;
const TEXT = 0x02;
const END = Buffer.from([0x00]);

export function segmentKey(segment: string): Buffer {
  const number = numericId(segment);
  return number === undefined
    ? Buffer.concat([Buffer.from([TEXT]), escaped(segment)])
    : Buffer.concat([Buffer.from([NUMBER]), orderedInt64(number)]);
}

/** A collection, or the beginning of everything below a document. */
export const prefixKey = (segments: readonly string[]): Buffer => Buffer.concat(segments.map(segmentKey));

export const documentKey = (segments: readonly string[]): Buffer =>
  Buffer.concat([...segments.map(segmentKey), END]);

/** Of a key, or of what follows a prefix of whole segments; a missing end marker is fine. */
export function segmentsOfKey(key: Uint8Array): string[] {
  const segments: string[] = [];
  let at = 0;
  while (at < key.length && key[at] !== 0x00) {
    const { segment, end } = readSegment(key, at);
    segments.push(segment);
    at = end;
  }
  return segments;
}

function readSegment(key: Uint8Array, start: number): { segment: string; end: number } {
  if (key[start] === NUMBER) {
    const bits = Buffer.from(key.subarray(start + 1, start + 9)).readBigUInt64BE();
    return { segment: `__id${String(BigInt.asIntN(64, bits - (1n << 63n)))}__`, end: start + 9 };
  }
  const { raw, end } = unescape(key, start + 1);
  return { segment: raw.toString('utf8'), end };
}

/** Is this (the rest of) a key one segment long? */
export function isOneSegment(key: Uint8Array): boolean {
  if (key[0] === NUMBER) return key.length === 10;
  for (let at = 1; at < key.length; at += 1) {
    if (key[at] === 0x00 && key[at + 1] === 0x01) return at + 3 === key.length;
    if (key[at] === 0x00) at += 1;
  }
  return false;
}
