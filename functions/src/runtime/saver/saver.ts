import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  copyCheckpoint,
  WRITES_IDX_MAP,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  type PendingWrite,
  type SerializerProtocol,
} from '@langchain/langgraph-checkpoint';
import type { CheckpointSink } from '../../ports/checkpoint-sink.ts';
import type { Documents, Fields, StoredDocument, Value } from '../../ports/documents.ts';
import {
  blobsOf,
  checkpointDocId,
  checkpointKey,
  checkpointsOf,
  isFields,
  keyRange,
  writesDocId,
  writesOf,
  type Serialized,
} from './layout.ts';
import { placeValues, readValue } from './values.ts';

export interface DocumentSaverOptions {
  documents: Documents;
  /** Path of the document that a thread's checkpoints lie below. */
  threadPath: (threadId: string) => string;
  sink: CheckpointSink;
  serde?: SerializerProtocol;
}

interface Place {
  thread: string;
  threadId: string;
  ns: string;
  id: string | undefined;
}

const DELETE_BATCH = 300;

/**
 * LangGraph's checkpoints as documents. A checkpoint stores only the channels that changed, and where the others
 * are; all its writes go through the sink, so that a worker can commit them together with its log.
 */
export class DocumentSaver extends BaseCheckpointSaver {
  readonly #documents: Documents;
  readonly #threadPath: (threadId: string) => string;
  readonly #sink: CheckpointSink;
  /** Channel -> checkpoint document with its value, for checkpoints that this saver wrote or read. */
  readonly #sources = new Map<string, Record<string, string>>();

  constructor(options: DocumentSaverOptions) {
    super(options.serde);
    this.#documents = options.documents;
    this.#threadPath = options.threadPath;
    this.#sink = options.sink;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const place = this.#place(config);
    if (place === null) return undefined;
    const doc =
      place.id === undefined
        ? await this.#latest(place)
        : (await this.#documents.get([path(place, checkpointDocId(place.ns, place.id))]))[0];
    return doc === undefined ? undefined : await this.#tuple(place, doc);
  }

  override async *list(
    config: RunnableConfig,
    options: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const place = this.#place(config, null);
    if (place === null) return;
    const { before, filter, limit = Number.POSITIVE_INFINITY } = options;
    const beforeId: unknown = before?.configurable?.['checkpoint_id'];
    const docs = await this.#documents.query({
      collection: checkpointsOf(place.thread),
      orderBy: [{ field: 'id', direction: 'desc' }],
    });
    let left = limit;
    for (const doc of docs) {
      const { ns, id, metadata } = doc.fields;
      if (left <= 0) return;
      if (config.configurable?.['checkpoint_ns'] !== undefined && ns !== place.ns) continue;
      if (place.id !== undefined && id !== place.id) continue;
      if (typeof beforeId === 'string' && !(String(id) < beforeId)) continue;
      const known = (await this.#load(metadata)) as Record<string, unknown>;
      if (Object.entries(filter ?? {}).some(([key, value]) => known[key] !== value)) continue;
      left -= 1;
      yield await this.#tuple({ ...place, ns: String(ns) }, doc);
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const place = this.#required(config);
    const parent = place.id;
    const docId = checkpointDocId(place.ns, checkpoint.id);
    const inherited = parent === undefined ? {} : await this.#sourcesOf(place, parent);
    const sources: Record<string, string> = {};
    const changed = new Map<string, Serialized>();
    for (const [channel, value] of Object.entries(checkpoint.channel_values)) {
      const source = channel in newVersions ? undefined : inherited[channel];
      sources[channel] = source ?? docId;
      if (source === undefined) changed.set(channel, await this.#dump(value));
    }
    const { inline, blobs } = placeValues(place.thread, docId, changed);
    const head = copyCheckpoint({ ...checkpoint, channel_values: {} });
    const fields: Fields = {
      key: checkpointKey(place.ns, checkpoint.id),
      ns: place.ns,
      id: checkpoint.id,
      parent: parent ?? null,
      head: dumped(await this.#dump(head)),
      metadata: dumped(await this.#dump(metadata)),
      values: inline,
      sources: JSON.stringify(sources),
    };
    await this.#sink.checkpoint(
      {
        thread_id: place.threadId,
        checkpoint_ns: place.ns,
        checkpoint_id: checkpoint.id,
        step: metadata.step,
        channels: Object.keys(checkpoint.channel_values),
      },
      [{ op: 'set', path: path(place, docId), fields }, ...blobs],
    );
    this.#sources.set(path(place, docId), sources);
    return configFor(place, checkpoint.id);
  }

  override async putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string): Promise<void> {
    const place = this.#required(config);
    if (place.id === undefined) throw new Error('putWrites needs configurable.checkpoint_id.');
    const id = place.id;
    const all = await Promise.all(
      writes.map(async ([channel, value], i) => ({
        i: WRITES_IDX_MAP[channel] ?? i,
        channel,
        ...dumped(await this.#dump(value)),
      })),
    );
    // A task's own channels (errors, interrupts) are written apart from its results and must not replace them.
    const kinds = { results: all.filter(({ i }) => i >= 0), signals: all.filter(({ i }) => i < 0) };
    const documents = Object.entries(kinds).filter(([, items]) => items.length > 0);
    await this.#sink.taskWrites(
      {
        thread_id: place.threadId,
        checkpoint_ns: place.ns,
        checkpoint_id: id,
        task_id: taskId,
        channels: writes.map(([channel]) => channel),
      },
      documents.map(([kind, items]) => ({
        op: 'set',
        path: `${writesOf(place.thread)}/${writesDocId(place.ns, id, taskId, kind)}`,
        fields: { key: checkpointKey(place.ns, id), task: taskId, items },
      })),
    );
  }

  override async deleteThread(threadId: string): Promise<void> {
    const thread = this.#threadPath(threadId);
    for (const collection of [checkpointsOf(thread), writesOf(thread), blobsOf(thread)]) {
      for (;;) {
        const docs = await this.#documents.query({ collection, limit: DELETE_BATCH, select: [] });
        if (docs.length === 0) break;
        await this.#documents.commit(docs.map((doc) => ({ op: 'delete', path: doc.path })));
      }
    }
    this.#sources.clear();
  }

  async #latest(place: Place): Promise<StoredDocument | undefined> {
    const { from, to } = keyRange(place.ns);
    const [doc] = await this.#documents.query({
      collection: checkpointsOf(place.thread),
      where: [
        { field: 'key', op: '>=', value: from },
        { field: 'key', op: '<', value: to },
      ],
      orderBy: [{ field: 'key', direction: 'desc' }],
      limit: 1,
    });
    return doc;
  }

  async #tuple(place: Place, doc: StoredDocument): Promise<CheckpointTuple> {
    const { id, parent, head, metadata } = doc.fields;
    const sources = sourcesIn(doc);
    this.#sources.set(doc.path, sources);
    const others = [...new Set(Object.values(sources))].filter((docId) => path(place, docId) !== doc.path);
    const found = await this.#documents.get(others.map((docId) => path(place, docId)));
    const values = new Map(
      [doc, ...found].flatMap((each) => (each === undefined ? [] : [[each.path, listIn(each, 'values')]])),
    );
    const channel_values: Record<string, unknown> = {};
    for (const [channel, docId] of Object.entries(sources)) {
      const held = values.get(path(place, docId)) ?? [];
      const { type, bytes } = await readValue(this.#documents, place.thread, docId, held, channel);
      channel_values[channel] = await this.serde.loadsTyped(type, bytes);
    }
    const tuple: CheckpointTuple = {
      config: configFor(place, String(id)),
      checkpoint: { ...((await this.#load(head)) as Checkpoint), channel_values },
      metadata: (await this.#load(metadata)) as CheckpointMetadata,
      pendingWrites: await this.#pendingWrites(place, String(id)),
    };
    if (typeof parent === 'string') tuple.parentConfig = configFor(place, parent);
    return tuple;
  }

  async #pendingWrites(place: Place, id: string): Promise<CheckpointPendingWrite[]> {
    const docs = await this.#documents.query({
      collection: writesOf(place.thread),
      where: [{ field: 'key', op: '==', value: checkpointKey(place.ns, id) }],
    });
    const tasks = docs.map((doc) => ({ task: String(doc.fields['task']), items: listIn(doc, 'items') }));
    /*
     * A task that failed runs again, so nothing that it wrote counts. LangGraph can store its sibling's results
     * under the failed task's tick without the write that triggers their join; counting them would lose the join.
     */
    const failed = new Set(
      tasks
        .filter(({ items }) => items.some((item) => item['channel'] === '__error__'))
        .map(({ task }) => task),
    );
    const writes: CheckpointPendingWrite[] = [];
    for (const { task, items } of tasks) {
      for (const item of items) {
        const channel = String(item['channel']);
        if (failed.has(task) && channel !== '__error__') continue;
        writes.push([task, channel, await this.#load(item)]);
      }
    }
    return writes;
  }

  async #sourcesOf(place: Place, id: string): Promise<Record<string, string>> {
    const at = path(place, checkpointDocId(place.ns, id));
    const known = this.#sources.get(at);
    if (known !== undefined) return known;
    const [doc] = await this.#documents.get([at]);
    return doc === undefined ? {} : sourcesIn(doc);
  }

  async #dump(value: unknown): Promise<Serialized> {
    const [type, bytes] = await this.serde.dumpsTyped(value);
    return { type, bytes };
  }

  async #load(stored: Value | undefined): Promise<unknown> {
    if (!isFields(stored) || typeof stored['t'] !== 'string' || !(stored['b'] instanceof Uint8Array)) {
      throw new Error('A stored checkpoint is damaged: a serialized value is missing.');
    }
    return await this.serde.loadsTyped(stored['t'], stored['b']);
  }

  #place(config: RunnableConfig, defaultNs: string | null = ''): Place | null {
    const threadId: unknown = config.configurable?.['thread_id'];
    if (threadId === undefined || threadId === null) return null;
    const ns: unknown = config.configurable?.['checkpoint_ns'];
    const id: unknown = config.configurable?.['checkpoint_id'];
    return {
      thread: this.#threadPath(String(threadId)),
      threadId: String(threadId),
      ns: typeof ns === 'string' ? ns : (defaultNs ?? ''),
      id: typeof id === 'string' && id !== '' ? id : undefined,
    };
  }

  #required(config: RunnableConfig): Place {
    const place = this.#place(config);
    if (place === null) throw new Error('The config has no configurable.thread_id.');
    return place;
  }
}

const path = (place: Place, docId: string) => `${checkpointsOf(place.thread)}/${docId}`;

function configFor(place: Place, id: string): RunnableConfig {
  return { configurable: { thread_id: place.threadId, checkpoint_ns: place.ns, checkpoint_id: id } };
}

function dumped(value: Serialized): Fields {
  return { t: value.type, b: value.bytes };
}

function sourcesIn(doc: StoredDocument): Record<string, string> {
  return JSON.parse(String(doc.fields['sources'])) as Record<string, string>;
}

function listIn(doc: StoredDocument, field: 'items' | 'values'): Fields[] {
  const items = doc.fields[field];
  return Array.isArray(items) ? items.filter(isFields) : [];
}
