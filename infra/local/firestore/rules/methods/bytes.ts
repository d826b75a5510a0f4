import { int, string } from '../value.ts';
import type { MethodTable } from './method-table.ts';

export const BYTES: MethodTable<Uint8Array> = {
  size: [0, (bytes) => int(bytes.length)],
  toBase64: [0, (bytes) => string(Buffer.from(bytes).toString('base64'))],
  toHexString: [0, (bytes) => string(Buffer.from(bytes).toString('hex'))],
};
