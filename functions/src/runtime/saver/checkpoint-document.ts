import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import type { DocumentWrite } from '../../ports/documents.ts';
import { StateTooLarge } from './errors.ts';
import { encodeHead, type Head } from './head.ts';
import { checkpointKey, chunkPath, pathOf, type Namespace } from './keys.ts';
import { Packer } from './packer.ts';
import { storeMetadata, storeValues, type Known } from './store-values.ts';

const HEAD_BYTES = 300_000; // with the data that stands beside it still below Firestore's 1 MiB

export interface NewCheckpoint {
  place: Namespace;
  parentId: string | undefined;
  parent: Known | undefined;
  checkpoint: Checkpoint;
  metadata: CheckpointMetadata;
  newVersions: ChannelVersions;
}

export interface CheckpointDocument {
  path: string;
  writes: DocumentWrite[];
  known: Known;
  /** Paths of the written data, for the cache. */
  data: Map<string, Uint8Array>;
}

/** One document for a checkpoint, and blobs if its changed values are large. Throws StateTooLarge above `limit`. */
export async function checkpointDocument(
  serde: SerializerProtocol,
  { place, parentId, parent, checkpoint, metadata, newVersions }: NewCheckpoint,
  limit: number,
): Promise<CheckpointDocument> {
  const { thread, threadId, ns } = place;
  const key = checkpointKey(ns, checkpoint.id);
  const path = pathOf(thread, key);
  const packer = new Packer(key);
  const stored = await storeValues(serde, packer, checkpoint, metadata.source, newVersions, parent);
  const head: Head = {
    threadId,
    ns,
    id: checkpoint.id,
    parent: parentId,
    v: checkpoint.v,
    ts: checkpoint.ts,
    channelVersions: { ...checkpoint.channel_versions },
    versionsSeen: structuredClone(checkpoint.versions_seen),
    metadata: await storeMetadata(serde, packer, metadata),
    values: stored.values,
  };
  if (packer.size > limit) throw largest(stored.written, packer.size, limit);
  const { data, chunks } = packer.finish();
  const text = encodeHead(head);
  const bytes = Buffer.byteLength(text);
  if (bytes > HEAD_BYTES) throw new StateTooLarge('__head__', bytes, HEAD_BYTES);
  const fields = { key, head: text, ...(data.byteLength === 0 ? {} : { data }) };
  const blobs = chunks.map((chunk, i) => [chunkPath(thread, key, i), chunk] as const);
  return {
    path,
    writes: [
      { op: 'set', path, fields },
      ...blobs.map(([path, data]): DocumentWrite => ({ op: 'set', path, fields: { data } })),
    ],
    known: { head, digests: stored.digests },
    data: new Map(data.byteLength === 0 ? blobs : [[path, data]]),
  };
}

function largest(written: Map<string, number>, total: number, limit: number): StateTooLarge {
  let channel = 'metadata';
  let bytes = total - [...written.values()].reduce((sum, size) => sum + size, 0);
  for (const [name, size] of written) {
    if (size <= bytes) continue;
    channel = name;
    bytes = size;
  }
  return new StateTooLarge(channel, bytes, limit);
}
