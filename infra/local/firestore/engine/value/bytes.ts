/** Building blocks of keys whose byte order is the order of what they stand for. */
const ESCAPE = 0x00;
const ESCAPED_NUL = 0xff;
const END = 0x01; // after ESCAPE; sorts below every continuation

/** Text or bytes, self-delimiting: NUL becomes 00 FF, the end is 00 01. */
export function escaped(value: string | Uint8Array): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  let nuls = 0;
  for (const byte of raw) if (byte === ESCAPE) nuls += 1;
  const out = Buffer.allocUnsafe(raw.length + nuls + 2);
  if (nuls === 0) {
    out.set(raw, 0);
  } else {
    let at = 0;
    for (const byte of raw) {
      out[at++] = byte;
      if (byte === ESCAPE) out[at++] = ESCAPED_NUL;
    }
  }
  out[out.length - 2] = ESCAPE;
  out[out.length - 1] = END;
  return out;
}

/** The inverse of `escaped`, from `start`. */
export function unescape(bytes: Uint8Array, start: number): { raw: Buffer; end: number } {
  const raw: number[] = [];
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at++] ?? 0;
    if (byte !== ESCAPE) raw.push(byte);
    else if (bytes[at++] === ESCAPED_NUL) raw.push(ESCAPE);
    else return { raw: Buffer.from(raw), end: at };
  }
  throw new RangeError('a key ends in the middle of a text');
}

/** Reverses the order: for descending fields. */
export function inverted(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) out[i] = 0xff - (bytes[i] ?? 0);
  return out;
}

/** The smallest key above every key that starts with `prefix`; undefined if there is none. */
export function successor(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const out = Buffer.from(prefix.subarray(0, length));
  out[length - 1] = (out[length - 1] ?? 0) + 1;
  return out;
}

/** Eight bytes in numeric order (IEEE 754 total order, -0 as 0). */
export function orderedDouble(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeDoubleBE(value === 0 ? 0 : value);
  if ((out[0] ?? 0) & 0x80) return inverted(out);
  out[0] = (out[0] ?? 0) | 0x80;
  return out;
}

export function orderedInt64(value: bigint): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigUInt64BE(BigInt.asUintN(64, value + (1n << 63n)));
  return out;
}

export function uint32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeUInt32BE(value);
  return out;
}
