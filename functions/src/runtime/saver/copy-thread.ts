import {
  documentId,
  type Documents,
  type DocumentWrite,
  type StoredDocument,
  type Value,
} from '../../ports/documents.ts';
import { decodeHead, encodeHead } from './head.ts';
import { blobsOf, checkpointsOf } from './keys.ts';

/** A commit holds 10 MiB, a document at most 1 MiB. */
const COMMIT_BYTES = 6 * 1_048_576;
const PAGE = 5;

interface Place {
  /** Path of the thread's document. */
  thread: string;
  threadId: string;
}

/**
 * Copies everything that the saver keeps of a thread. Checkpoints first: what one of them refers to was stored before it, so
 * whatever a run adds meanwhile, the blobs that are read afterwards have all of it.
 */
export async function copyThreadDocuments(documents: Documents, from: Place, to: Place): Promise<void> {
  const writer = new Writer(documents);
  for (const collectionOf of [checkpointsOf, blobsOf]) {
    for await (const { path, fields } of all(documents, collectionOf(from.thread))) {
      const head = fields['head'];
      await writer.add({
        op: 'set',
        path: `${collectionOf(to.thread)}${path.slice(collectionOf(from.thread).length)}`,
        fields:
          typeof head === 'string'
            ? { ...fields, head: encodeHead({ ...decodeHead(path, head), threadId: to.threadId }) }
            : fields,
      });
    }
  }
  await writer.flush();
}

async function* all(documents: Documents, collection: string): AsyncGenerator<StoredDocument> {
  for (let after: string | undefined; ;) {
    const found: StoredDocument[] = await documents.query({
      collection,
      orderBy: [{ field: '__name__', direction: 'asc' }],
      ...(after === undefined ? {} : { startAfter: [after] }),
      limit: PAGE,
    });
    yield* found;
    const last = found.at(-1);
    if (last === undefined || found.length < PAGE) return;
    after = documentId(last);
  }
}

class Writer {
  readonly #documents: Documents;
  #writes: DocumentWrite[] = [];
  #bytes = 0;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async add(write: DocumentWrite & { op: 'set' }): Promise<void> {
    this.#writes.push(write);
    this.#bytes += bytesOf(write.fields);
    if (this.#bytes >= COMMIT_BYTES || this.#writes.length >= 300) await this.flush();
  }

  async flush(): Promise<void> {
    const writes = this.#writes;
    this.#writes = [];
    this.#bytes = 0;
    if (writes.length > 0) await this.#documents.commit(writes);
  }
}

/** Roughly. */
function bytesOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 8;
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + bytesOf(item), 32);
}
