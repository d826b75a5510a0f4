import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Segment, Source } from './head.ts';

/** What one document can hold beside its head; Firestore's limit is 1 MiB for the whole document. */
const INLINE_BYTES = 700_000;
export const CHUNK_BYTES = 900_000; // of a blob; likewise below 1 MiB
const DEFLATE_FROM = 512; // bytes; less gains nothing worth the time
const MAX_INFLATED = 64 * 1_048_576; // far above any commit, against a damaged length

/** A value as LangGraph's serializer gives it. */
export interface Serialized {
  type: string;
  bytes: Uint8Array;
}

/** Lays the values of one document one after the other, compressed where that helps. */
export class Packer {
  readonly source: Source;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(key: string) {
    this.source = { key, spilled: false };
  }

  get size(): number {
    return this.#size;
  }

  add({ type, bytes }: Serialized): Segment {
    const small = bytes.byteLength < DEFLATE_FROM ? undefined : deflateRawSync(bytes);
    const deflated = small !== undefined && small.byteLength < bytes.byteLength;
    const piece = deflated ? small : bytes;
    const segment = { source: this.source, offset: this.#size, bytes: piece.byteLength, deflated, type };
    this.#pieces.push(piece);
    this.#size += piece.byteLength;
    return segment;
  }

  /** What stands in the document and what in blobs; one of the two is empty. Marks the source accordingly. */
  finish(room = INLINE_BYTES): { data: Uint8Array; chunks: Uint8Array[] } {
    const data = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      data.set(piece, at);
      at += piece.byteLength;
    }
    this.source.spilled = this.#size > room;
    if (!this.source.spilled) return { data, chunks: [] };
    const chunks = Array.from({ length: Math.ceil(this.#size / CHUNK_BYTES) }, (_, i) =>
      data.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
    );
    return { data: new Uint8Array(0), chunks };
  }
}

export function unpack(segment: Pick<Segment, 'deflated'>, stored: Uint8Array): Uint8Array {
  return segment.deflated ? inflateRawSync(stored, { maxOutputLength: MAX_INFLATED }) : stored;
}
