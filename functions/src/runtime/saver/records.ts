import type { Documents, StoredDocument } from '../../ports/documents.ts';
import type { Blocks } from './blocks.ts';
import { CheckpointDamaged } from './errors.ts';
import { decodeHead, type Head } from './head.ts';
import {
  checkpointKey,
  checkpointOfWrites,
  checkpointsOf,
  isWritesKey,
  keysOf,
  writesKeysOf,
} from './keys.ts';
import type { Namespace } from './keys.ts';
import { readWrites, type WritesState } from './writes-document.ts';

/** A checkpoint as it is stored, with what the tasks after it wrote. */
export interface CheckpointRecord {
  key: string;
  head: Head;
  writes: WritesState;
}

/** What to list: one namespace or (undefined) all of the thread, newest first within each. */
export interface Range {
  thread: string;
  ns: string | undefined;
  /** Only checkpoints before this id; needs `ns`. */
  before?: string;
}

const PAGE = 100; // documents read at once when it is not known how many are wanted

/** Finds checkpoints with as few billed reads as the layout allows. */
export class Records {
  readonly #documents: Documents;
  readonly #blocks: Blocks;

  constructor(documents: Documents, blocks: Blocks) {
    this.#documents = documents;
    this.#blocks = blocks;
  }

  /** One read, and one more if tasks have written after it (a few more if it was very much). */
  async byId({ thread, ns }: Namespace, id: string): Promise<CheckpointRecord | undefined> {
    const key = checkpointKey(ns, id);
    const found = await this.#documents.query({
      collection: checkpointsOf(thread),
      where: [
        { field: 'key', op: '>=', value: key },
        { field: 'key', op: '<', value: writesKeysOf(key).before },
      ],
    });
    const checkpoint = found.find((document) => keyOf(document) === key);
    const writes = found.filter((document) => isWritesKey(keyOf(document)));
    return checkpoint === undefined ? undefined : await this.#record(thread, key, checkpoint, writes);
  }

  /** What tasks wrote after the checkpoint with this key. */
  async writesOf(thread: string, key: string): Promise<WritesState> {
    const { from, before } = writesKeysOf(key);
    const found = await this.#documents.query({
      collection: checkpointsOf(thread),
      where: [
        { field: 'key', op: '>=', value: from },
        { field: 'key', op: '<', value: before },
      ],
    });
    return await readWrites(this.#blocks, thread, found);
  }

  /**
   * One read when no task wrote after the latest checkpoint, else three. Writes whose checkpoint was never stored
   * (under `durability: "async"` they can be committed first) are passed over.
   */
  async latest({ thread, ns }: Namespace): Promise<CheckpointRecord | undefined> {
    for await (const record of this.list({ thread, ns }, 1)) return record;
    return undefined;
  }

  /** `limit` is how many are wanted, so that not more are read; it does not end the list. */
  async *list(range: Range, limit: number): AsyncGenerator<CheckpointRecord> {
    let writes: StoredDocument[] = [];
    for await (const document of this.#documentsOf(range, limit)) {
      const key = keyOf(document);
      if (isWritesKey(key)) {
        writes.push(document);
        continue;
      }
      const own = writes.filter((part) => checkpointOfWrites(keyOf(part)) === key);
      writes = [];
      yield await this.#record(range.thread, key, document, own);
    }
  }

  async *#documentsOf({ thread, ns, before }: Range, limit: number): AsyncGenerator<StoredDocument> {
    const within = ns === undefined ? undefined : keysOf(ns);
    let end = ns !== undefined && before !== undefined ? checkpointKey(ns, before) : within?.before;
    for (let size = Math.min(limit, PAGE); ; size = Math.min(size * 2, PAGE)) {
      const found = await this.#documents.query({
        collection: checkpointsOf(thread),
        where: [
          ...(within === undefined ? [] : [{ field: 'key', op: '>' as const, value: within.after }]),
          ...(end === undefined ? [] : [{ field: 'key', op: '<' as const, value: end }]),
        ],
        orderBy: [{ field: 'key', direction: 'desc' }],
        limit: size,
      });
      yield* found;
      const last = found.at(-1);
      if (last === undefined || found.length < size) return;
      end = keyOf(last);
    }
  }

  async #record(
    thread: string,
    key: string,
    checkpoint: StoredDocument,
    writes: StoredDocument[],
  ): Promise<CheckpointRecord> {
    const data = checkpoint.fields['data'];
    if (data instanceof Uint8Array) this.#blocks.remember(checkpoint.path, data);
    return {
      key,
      head: decodeHead(checkpoint.path, checkpoint.fields['head']),
      writes: await readWrites(this.#blocks, thread, writes),
    };
  }
}

function keyOf(document: StoredDocument): string {
  const key = document.fields['key'];
  if (typeof key !== 'string') throw new CheckpointDamaged(document.path, 'it has no key');
  return key;
}
