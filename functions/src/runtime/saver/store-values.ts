import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { toJson } from '@longrun/shared';
import { NotSerializable } from '../serde/not-serializable.ts';
import { isSnapshot } from '../serde/records.ts';
import type { Head, ListSegment, StoredValue, Versioned } from './head.ts';
import { planList } from './list-plan.ts';
import { digestsOf, ofChannel, serialize } from './serialize.ts';
import type { Packer, Serialized } from './packer.ts';

const TEXT_BYTES = 256; // a value up to here is copied from head to head, so that reading it costs no document
const LIST_BYTES = 1024; // a list up to here is stored whole

/** What the saver knows of the checkpoint before: where its values are and which elements its lists have. */
export interface Known {
  head: Head;
  digests: Map<string, string[]>;
}

export interface StoredValues {
  values: Map<string, Versioned>;
  digests: Map<string, string[]>;
  /** Bytes written for each channel. */
  written: Map<string, number>;
}

/**
 * Decides for each channel whether its value stays where it is or is written, and packs what is written.
 *
 * LangGraph names the changed channels in `newVersions`. What it does not name is inherited from the parent, if
 * that has it in the same version. A checkpoint without a parent has nothing to inherit: its unnamed values are
 * left out, as the conformance suite demands, except in a copy of the first checkpoint (`fork`, `update`).
 */
export async function storeValues(
  serde: SerializerProtocol,
  packer: Packer,
  checkpoint: Checkpoint,
  source: CheckpointMetadata['source'],
  newVersions: ChannelVersions,
  parent: Known | undefined,
): Promise<StoredValues> {
  const result: StoredValues = { values: new Map(), digests: new Map(), written: new Map() };
  for (const [channel, value] of Object.entries(checkpoint.channel_values)) {
    const version = checkpoint.channel_versions[channel] ?? null;
    const old = parent?.head.values.get(channel);
    const oldDigests = parent?.digests.get(channel);
    const changed = version === null || Object.hasOwn(newVersions, channel);
    if (!changed && old !== undefined && old.version === version) {
      result.values.set(channel, old);
      if (oldDigests !== undefined) result.digests.set(channel, oldDigests);
      continue;
    }
    if (!changed && parent === undefined && source !== 'fork' && source !== 'update') continue;
    const before = packer.size;
    const stored = await ofChannel(channel, () => store(serde, packer, value, old?.value, oldDigests ?? []));
    result.values.set(channel, { version, value: stored.value });
    if (stored.digests !== undefined) result.digests.set(channel, stored.digests);
    result.written.set(channel, packer.size - before);
  }
  return result;
}

/** What a caller notes about its run is no state: what cannot be written of it is noted as far as it can be shown. */
export async function storeMetadata(
  serde: SerializerProtocol,
  packer: Packer,
  metadata: CheckpointMetadata,
): Promise<StoredValue> {
  try {
    return await storeWhole(serde, packer, metadata);
  } catch (error) {
    if (!(error instanceof NotSerializable)) throw error;
    return await storeWhole(serde, packer, toJson(metadata));
  }
}

async function storeWhole(serde: SerializerProtocol, packer: Packer, value: unknown): Promise<StoredValue> {
  return place(packer, await serialize(serde, value), TEXT_BYTES);
}

async function store(
  serde: SerializerProtocol,
  packer: Packer,
  value: unknown,
  old: StoredValue | undefined,
  oldDigests: string[],
): Promise<{ value: StoredValue; digests?: string[] }> {
  const snapshot = isSnapshot(value);
  const list: unknown = snapshot ? value.value : value;
  if (!Array.isArray(list)) return { value: await storeWhole(serde, packer, value) };
  const elements: unknown[] = list;
  const { digests, sizes } = await digestsOf(serde, elements);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= LIST_BYTES) return { value: await storeWhole(serde, packer, value) };

  const segments = old?.kind === 'list' ? old.segments : [];
  const same = segments.length === 0 ? 0 : commonStart(oldDigests, digests);
  const bytesOf = (from: number, to: number) => sizes.slice(from, to).reduce((sum, size) => sum + size, 0);
  const plan = planList(segments, same, elements.length, bytesOf);
  const next: ListSegment[] = segments.slice(0, plan.keep);
  let from = next.reduce((sum, { count }) => sum + count, 0);
  for (const { count, level } of plan.write) {
    const piece = await serialize(serde, elements.slice(from, from + count));
    next.push({ ...packer.add(piece), count, level });
    from += count;
  }
  return { value: { kind: 'list', segments: next, snapshot }, digests };
}

function place(packer: Packer, value: Serialized, textBytes: number): StoredValue {
  if (value.type === 'json' && value.bytes.byteLength <= textBytes) {
    return { kind: 'text', text: new TextDecoder().decode(value.bytes) };
  }
  return { kind: 'whole', at: packer.add(value) };
}

function commonStart(a: string[], b: string[]): number {
  const end = Math.min(a.length, b.length);
  let same = 0;
  while (same < end && a[same] === b[same]) same += 1;
  return same;
}
