import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import { LRUCache } from 'lru-cache';
import { isDeepStrictEqual } from 'node:util';
import type { CheckpointSink } from '../../ports/checkpoint-sink.ts';
import type { Documents } from '../../ports/documents.ts';
import { StateSerializer } from '../serde/state-serializer.ts';
import { Blocks } from './blocks.ts';
import { checkpointDocument } from './checkpoint-document.ts';
import {
  checkId,
  checkpointKey,
  configOf,
  idOf,
  InvalidCheckpointConfig,
  namespaceOf,
  pathOf,
  requireNamespace,
  type Namespace,
} from './keys.ts';
import { loadValues } from './load-values.ts';
import { Records, type CheckpointRecord } from './records.ts';
import { digestsOf } from './serialize.ts';
import type { Known } from './store-values.ts';
import { endOfTask } from './end-of-task.ts';
import { entriesOf, mergeEntries } from './task-writes.ts';
import { deleteThreadDocuments, threadIds } from './threads.ts';
import { Tuples } from './tuple.ts';
import { emptyWrites, writeTask, type WritesState } from './writes-document.ts';

export interface DocumentSaverOptions {
  documents: Documents;
  /** Path of the document that a thread's checkpoints lie below. */
  threadPath: (threadId: string) => string;
  sink: CheckpointSink;
  serde?: SerializerProtocol;
}

/** Bytes that one step may write: a commit holds 10 MiB, and the log's entry and the framing need some of it. */
const STEP_BYTES = 8 * 1_048_576;
const RECENT = 200; // checkpoints; a run needs the last one of each namespace

/**
 * LangGraph's checkpoints as documents. All that a run writes goes through the sink, so that a worker can commit
 * it together with its log: one document for a checkpoint and one for what the tasks after it write. A checkpoint
 * holds the values that changed and refers to earlier documents for the others; lists are kept by element.
 *
 * A value comes back as it was (see StateSerializer for what does not). What cannot be written is refused before
 * anything is stored.
 *
 * One process at a time may run a thread. Calls throw InvalidCheckpointConfig for a config without its thread or
 * checkpoint, StateNotSerializable for a value that cannot be written, StateTooLarge for a step that no commit can
 * hold, CheckpointDamaged when stored data is missing, and whatever the store or the sink throws.
 */
export class DocumentSaver extends BaseCheckpointSaver {
  readonly #documents: Documents;
  readonly #threadPath: (threadId: string) => string;
  readonly #sink: CheckpointSink;
  readonly #blocks: Blocks;
  readonly #records: Records;
  readonly #tuples: Tuples;
  /** By path of the checkpoint's document: what this saver wrote or read last, so that a run reads it once. */
  readonly #known = new LRUCache<string, Known>({ max: RECENT });
  readonly #writes = new LRUCache<string, Promise<WritesState>>({ max: RECENT });

  constructor(options: DocumentSaverOptions) {
    super(options.serde ?? new StateSerializer());
    this.#documents = options.documents;
    this.#threadPath = options.threadPath;
    this.#sink = options.sink;
    this.#blocks = new Blocks(options.documents);
    this.#records = new Records(options.documents, this.#blocks);
    this.#tuples = new Tuples(this.serde, this.#blocks, this.#records);
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const place = namespaceOf(config, this.#threadPath);
    if (place === undefined) return undefined;
    const id = idOf(config);
    const record = id === undefined ? await this.#records.latest(place) : await this.#records.byId(place, id);
    if (record === undefined) return undefined;
    this.#learn(place, record);
    return await this.#tuples.tuple(place, record);
  }

  override async *list(
    config: RunnableConfig,
    options: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const { before, filter = {}, limit = Number.POSITIVE_INFINITY } = options;
    const beforeId = before === undefined ? undefined : idOf(before);
    const wanted = Object.entries(filter);
    let left = limit;
    if (left <= 0) return;
    for await (const [place, record] of this.#candidates(
      config,
      beforeId,
      wanted.length > 0 ? Number.POSITIVE_INFINITY : limit,
    )) {
      if (beforeId !== undefined && record.head.id >= beforeId) continue;
      if (wanted.length > 0) {
        const metadata = new Map<string, unknown>(Object.entries(await this.#tuples.metadata(place, record)));
        if (!wanted.every(([key, value]) => isDeepStrictEqual(metadata.get(key), value))) continue;
      }
      yield await this.#tuples.tuple(place, record);
      left -= 1;
      if (left <= 0) return;
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const place = requireNamespace(config, this.#threadPath);
    const id = checkId(checkpoint.id);
    const parentId = idOf(config);
    const parent = parentId === undefined ? undefined : await this.#parent(place, parentId, checkpoint);
    const made = await checkpointDocument(
      this.serde,
      { place, parentId, parent, checkpoint, metadata, newVersions },
      STEP_BYTES,
    );
    this.#known.set(made.path, made.known);
    if (this.#writes.get(made.path) === undefined)
      this.#writes.set(made.path, Promise.resolve(emptyWrites()));
    for (const [path, data] of made.data) this.#blocks.remember(path, data);
    await this.#orForget(
      this.#sink.checkpoint(
        {
          thread_id: place.threadId,
          checkpoint_ns: place.ns,
          checkpoint_id: id,
          parent_id: parentId,
          step: metadata.step,
          endsStep: metadata.source === 'loop',
          values: checkpoint.channel_values,
          versionsSeen: checkpoint.versions_seen,
          channels: Object.keys(checkpoint.channel_values),
        },
        made.writes,
      ),
    );
    return configOf(place, id);
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = '',
  ): Promise<void> {
    const place = requireNamespace(config, this.#threadPath);
    const id = idOf(config);
    if (id === undefined)
      throw new InvalidCheckpointConfig('The config names no configurable.checkpoint_id.');
    const entries = await entriesOf(this.serde, writes);
    if (entries.length === 0) return;
    const key = checkpointKey(place.ns, id);
    // From here to the sink nothing is awaited: calls for one checkpoint reach the sink in their order.
    const state = await this.#orForget(this.#writesOf(place, key));
    const before = state.tasks.get(taskId);
    const task = {
      entries: mergeEntries(before?.entries ?? [], entries),
      path: taskPath || (before?.path ?? ''),
    };
    const documents = writeTask(state, place.thread, key, taskId, task, STEP_BYTES);
    await this.#orForget(
      this.#sink.taskWrites(
        {
          thread_id: place.threadId,
          checkpoint_ns: place.ns,
          checkpoint_id: id,
          task_id: taskId,
          channels: writes.map(([channel]) => channel),
          ...endOfTask(writes),
        },
        documents,
      ),
    );
  }

  /** Commits at once, not through the sink: it is no part of a run. */
  override async deleteThread(threadId: string): Promise<void> {
    const place = requireNamespace({ configurable: { thread_id: threadId } }, this.#threadPath);
    this.#forget();
    await deleteThreadDocuments(this.#documents, place.thread);
  }

  async *#candidates(
    config: RunnableConfig,
    before: string | undefined,
    limit: number,
  ): AsyncGenerator<[Namespace, CheckpointRecord]> {
    const place = namespaceOf(config, this.#threadPath);
    const ns: unknown = config.configurable?.['checkpoint_ns'];
    const id = idOf(config);
    if (place !== undefined && typeof ns === 'string' && id !== undefined) {
      const record = await this.#records.byId(place, id);
      if (record !== undefined) yield [place, record];
      return;
    }
    const threads =
      place === undefined ? await threadIds(this.#documents, this.#threadPath) : [place.threadId];
    for (const threadId of threads) {
      const range = {
        thread: this.#threadPath(threadId),
        ns: typeof ns === 'string' ? ns : undefined,
        ...(before === undefined ? {} : { before }),
      };
      for await (const record of this.#records.list(range, limit)) {
        if (id !== undefined && record.head.id !== id) continue;
        yield [{ threadId, thread: range.thread, ns: record.head.ns }, record];
      }
    }
  }

  /** What the parent stores and, of the lists that are about to change, which elements they had. */
  async #parent(place: Namespace, id: string, next: Checkpoint): Promise<Known | undefined> {
    const path = pathOf(place.thread, checkpointKey(place.ns, id));
    let known = this.#known.get(path);
    if (known === undefined) {
      const record = await this.#records.byId(place, id);
      if (record === undefined) return undefined;
      known = this.#learn(place, record);
    }
    for (const [channel, { value, version }] of known.head.values) {
      if (value.kind !== 'list' || known.digests.has(channel)) continue;
      if (next.channel_versions[channel] === version) continue;
      const [list] = await loadValues(this.serde, this.#blocks, place.thread, [
        { ...value, snapshot: false },
      ]);
      if (Array.isArray(list)) known.digests.set(channel, (await digestsOf(this.serde, list)).digests);
    }
    return known;
  }

  #writesOf({ thread }: Namespace, key: string): Promise<WritesState> {
    const path = pathOf(thread, key);
    const known = this.#writes.get(path);
    if (known !== undefined) return known;
    const loading = this.#records.writesOf(thread, key);
    this.#writes.set(path, loading);
    return loading;
  }

  #learn({ thread }: Namespace, { key, head, writes }: CheckpointRecord): Known {
    const path = pathOf(thread, key);
    const known = this.#known.get(path) ?? { head, digests: new Map<string, string[]>() };
    this.#known.set(path, known);
    this.#writes.set(path, Promise.resolve(writes));
    return known;
  }

  /** After a failure it is not known what was written, so nothing is taken for known. */
  async #orForget<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#known.clear();
    this.#writes.clear();
    this.#blocks.clear();
  }
}
