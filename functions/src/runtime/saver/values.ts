import type { Documents, DocumentWrite, Fields } from '../../ports/documents.ts';
import { blobDocId, blobsOf, type Serialized } from './layout.ts';

/** Values up to this size stand in the checkpoint's own document while there is room. Bytes. */
const INLINE_VALUE = 200_000;
const INLINE_TOTAL = 600_000;
/** Firestore holds 1,048,576 bytes a document. */
const BLOB_BYTES = 900_000;
/** Firestore takes 10 MiB a commit; the rest is for the log entry and the run. Bytes. */
const MAX_COMMIT = 9_000_000;

/** The state has outgrown what one atomic commit can hold. */
export class StateTooLarge extends Error {
  constructor(channel: string, bytes: number) {
    super(
      `The state is too large: channel "${channel}" takes ${bytes} bytes, and one step may change ` +
        `${MAX_COMMIT} bytes in all. Keep large data outside of the state and put a reference into it.`,
    );
    this.name = 'StateTooLarge';
  }
}

/**
 * Spreads the changed values over the checkpoint's document and blobs. They are a list, not a map: Firestore
 * reserves field names such as `__start__`.
 */
export function placeValues(
  thread: string,
  docId: string,
  values: Map<string, Serialized>,
): { inline: Fields[]; blobs: DocumentWrite[] } {
  const inline: Fields[] = [];
  const blobs: DocumentWrite[] = [];
  let inlineBytes = 0;
  let total = 0;
  for (const [channel, value] of values) {
    const bytes = value.bytes.length;
    total += bytes;
    if (total > MAX_COMMIT) throw new StateTooLarge(channel, bytes);
    if (bytes <= INLINE_VALUE && inlineBytes + bytes <= INLINE_TOTAL) {
      inline.push({ c: channel, t: value.type, b: value.bytes });
      inlineBytes += bytes;
      continue;
    }
    const count = Math.ceil(bytes / BLOB_BYTES);
    inline.push({ c: channel, t: value.type, blobs: count });
    for (let i = 0; i < count; i += 1) {
      const piece = value.bytes.subarray(i * BLOB_BYTES, (i + 1) * BLOB_BYTES);
      blobs.push({
        op: 'set',
        path: `${blobsOf(thread)}/${blobDocId(docId, channel, i)}`,
        fields: { b: piece },
      });
    }
  }
  return { inline, blobs };
}

/** The value of a channel out of the checkpoint document that holds it. Throws when a piece is missing. */
export async function readValue(
  documents: Documents,
  thread: string,
  docId: string,
  values: Fields[],
  channel: string,
): Promise<Serialized> {
  const stored = values.find((value) => value['c'] === channel);
  if (typeof stored?.['t'] !== 'string') throw missing(docId, channel);
  if (stored['b'] instanceof Uint8Array) return { type: stored['t'], bytes: stored['b'] };
  const paths = Array.from(
    { length: Number(stored['blobs']) },
    (_, i) => `${blobsOf(thread)}/${blobDocId(docId, channel, i)}`,
  );
  const pieces = (await documents.get(paths)).map((doc) => {
    const piece = doc?.fields['b'];
    if (!(piece instanceof Uint8Array)) throw missing(docId, channel);
    return piece;
  });
  return { type: stored['t'], bytes: Buffer.concat(pieces) };
}

function missing(docId: string, channel: string): Error {
  return new Error(`Checkpoint ${docId} lacks the value of channel "${channel}".`);
}
