import {
  compareWritesSortKeys,
  maxChannelVersion,
  TASKS,
  writesSortKey,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import * as z from 'zod';
import type { Blocks } from './blocks.ts';
import { configOf, type Namespace } from './keys.ts';
import { loadValues } from './load-values.ts';
import type { CheckpointRecord, Records } from './records.ts';
import { deserialize } from './serialize.ts';
import type { WritesState } from './writes-document.ts';

const SENDS_IN_CHANNEL = 4; // the version of LangGraph's format that keeps pending sends as a channel

const metadataSchema = z.custom<CheckpointMetadata>((value) => typeof value === 'object' && value !== null);

/** Turns stored checkpoints into LangGraph's form. */
export class Tuples {
  readonly #serde: SerializerProtocol;
  readonly #blocks: Blocks;
  readonly #records: Records;

  constructor(serde: SerializerProtocol, blocks: Blocks, records: Records) {
    this.#serde = serde;
    this.#blocks = blocks;
    this.#records = records;
  }

  async metadata({ thread }: Namespace, { head }: CheckpointRecord): Promise<CheckpointMetadata> {
    const [metadata] = await loadValues(this.#serde, this.#blocks, thread, [head.metadata]);
    return metadataSchema.parse(metadata);
  }

  async tuple(place: Namespace, { head, writes }: CheckpointRecord): Promise<CheckpointTuple> {
    const channels = [...head.values.keys()];
    const [metadata, ...values] = await loadValues(this.#serde, this.#blocks, place.thread, [
      head.metadata,
      ...[...head.values.values()].map(({ value }) => value),
    ]);
    const checkpoint: Checkpoint = {
      v: head.v,
      id: head.id,
      ts: head.ts,
      channel_values: Object.fromEntries(channels.map((channel, i) => [channel, values[i]])),
      channel_versions: { ...head.channelVersions },
      versions_seen: structuredClone(head.versionsSeen),
    };
    if (head.v < SENDS_IN_CHANNEL && head.parent !== undefined) {
      await this.#addPendingSends(place, head.parent, checkpoint);
    }
    return {
      config: configOf(place, head.id),
      checkpoint,
      metadata: metadataSchema.parse(metadata),
      pendingWrites: await this.#pendingWrites(writes),
      ...(head.parent === undefined ? {} : { parentConfig: configOf(place, head.parent) }),
    };
  }

  /** In the order in which LangGraph applies them: by the task's path and id, and in the task's own order. */
  async #pendingWrites(writes: WritesState): Promise<CheckpointPendingWrite[]> {
    const tasks = [...writes.tasks].map(([task, { entries, path }]) => ({
      task,
      entries,
      key: writesSortKey(path, task),
    }));
    const pending: CheckpointPendingWrite[] = [];
    for (const { task, entries } of tasks.sort((a, b) => compareWritesSortKeys(a.key, b.key))) {
      for (const entry of entries) {
        pending.push([task, entry.channel, await deserialize(this.#serde, entry)]);
      }
    }
    return pending;
  }

  /** Checkpoints of older versions have their sends among the writes of their parent. */
  async #addPendingSends(place: Namespace, parentId: string, checkpoint: Checkpoint): Promise<void> {
    const parent = await this.#records.byId(place, parentId);
    const writes = parent === undefined ? [] : await this.#pendingWrites(parent.writes);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = writes
      .filter(([, channel]) => channel === TASKS)
      .map(([, , send]) => send);
    checkpoint.channel_versions[TASKS] = versions.length > 0 ? maxChannelVersion(...versions) : 1;
  }
}
