import { LRUCache } from 'lru-cache';
import type { Documents } from '../../ports/documents.ts';
import { CheckpointDamaged } from './errors.ts';
import type { Segment } from './head.ts';
import { chunkPath, pathOf } from './keys.ts';
import { CHUNK_BYTES, unpack, type Serialized } from './packer.ts';

const CACHE_BYTES = 32 * 1_048_576;
const GET_AT_ONCE = 100; // documents in one call

/** The data of checkpoint documents and blobs by path. It never changes once written, so what is known stays so. */
export class Blocks {
  readonly #documents: Documents;
  readonly #cache = new LRUCache<string, Uint8Array>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (data) => Math.max(1, data.byteLength), // nothing may weigh nothing
  });

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  remember(path: string, data: Uint8Array): void {
    this.#cache.set(path, data);
  }

  clear(): void {
    this.#cache.clear();
  }

  /** The serialized values of the segments, in order; what is not known is read in batches. Throws CheckpointDamaged. */
  async read(thread: string, segments: Segment[]): Promise<Serialized[]> {
    const blocks = await this.#load(new Set(segments.flatMap((segment) => pathsOf(thread, segment))));
    return segments.map((segment) => {
      const stored = cut(thread, segment, blocks);
      return { type: segment.type, bytes: unpack(segment, stored) };
    });
  }

  async #load(paths: Set<string>): Promise<Map<string, Uint8Array>> {
    const blocks = new Map<string, Uint8Array>();
    const missing: string[] = [];
    for (const path of paths) {
      const known = this.#cache.get(path);
      if (known === undefined) missing.push(path);
      else blocks.set(path, known);
    }
    for (let at = 0; at < missing.length; at += GET_AT_ONCE) {
      const some = missing.slice(at, at + GET_AT_ONCE);
      const found = await this.#documents.get(some);
      for (const [i, path] of some.entries()) {
        const data = found[i]?.fields['data'];
        if (!(data instanceof Uint8Array)) throw new CheckpointDamaged(path, 'a checkpoint needs its data');
        blocks.set(path, data);
        this.remember(path, data);
      }
    }
    return blocks;
  }
}

function pathsOf(thread: string, { source, offset, bytes }: Segment): string[] {
  if (!source.spilled) return [pathOf(thread, source.key)];
  const first = Math.floor(offset / CHUNK_BYTES);
  const last = Math.floor((offset + bytes - 1) / CHUNK_BYTES);
  return Array.from({ length: last - first + 1 }, (_, i) => chunkPath(thread, source.key, first + i));
}

function cut(thread: string, segment: Segment, blocks: Map<string, Uint8Array>): Uint8Array {
  const paths = pathsOf(thread, segment);
  const pieces = paths.map((path) => blocks.get(path) ?? new Uint8Array(0));
  const joined = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  const start = segment.source.spilled ? segment.offset % CHUNK_BYTES : segment.offset;
  const stored = joined.subarray(start, start + segment.bytes);
  if (stored.byteLength !== segment.bytes) throw new CheckpointDamaged(paths.join(', '), 'it is too short');
  return stored;
}
