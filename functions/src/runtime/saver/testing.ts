import type { CheckpointSink } from '../../ports/checkpoint-sink.ts';
import type { Documents, DocumentWrite } from '../../ports/documents.ts';
import { documentSize } from '../../adapters/memory/size.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { directSink } from './direct-sink.ts';
import { DocumentSaver } from './saver.ts';

export interface Counted {
  documents: Documents;
  /** What was written and read through it so far. */
  counts: { written: number; bytes: number; read: number };
}

/** Counts as Firestore bills: a write for each document, a read for each document found and one for none. */
export function countDocuments(documents: Documents): Counted {
  const counts = { written: 0, bytes: 0, read: 0 };
  const counted: Documents = {
    ...documents,
    async get(paths) {
      counts.read += paths.length;
      return documents.get(paths);
    },
    async query(query) {
      const found = await documents.query(query);
      counts.read += Math.max(1, found.length);
      return found;
    },
    async commit(writes) {
      await documents.commit(writes);
      counts.written += writes.length;
      for (const write of writes)
        if (write.op !== 'delete') counts.bytes += documentSize(write.path, write.fields);
    },
  };
  return { documents: counted, counts };
}

const threadPath = (id: string) => `users/u/threads/${id}`;

/** A saver that commits at once, in memory unless told otherwise. */
export function openSaver(
  documents: Documents = memoryDocuments(),
  sink: CheckpointSink = directSink(documents),
): DocumentSaver {
  return new DocumentSaver({ documents, threadPath, sink });
}

/** A sink that commits at once and tells what it was given. */
export function recordingSink(documents: Documents): { sink: CheckpointSink; commits: DocumentWrite[][] } {
  const commits: DocumentWrite[][] = [];
  const commit = (_info: unknown, writes: DocumentWrite[]) => {
    commits.push(writes);
    return documents.commit(writes);
  };
  return { sink: { checkpoint: commit, taskWrites: commit }, commits };
}

/** Text of pronounceable words, the same for the same seed; compresses about as well as prose does. */
export function randomText(seed: number): (bytes: number) => string {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (letters: string) => letters.charAt(next(letters.length));
  const word = () =>
    Array.from({ length: 1 + next(4) }, () => pick('bcdfghjklmnprstvwz') + pick('aeiou')).join('');
  return (bytes) => {
    let text = '';
    while (text.length < bytes) text += `${word()} `;
    return text.slice(0, bytes);
  };
}
