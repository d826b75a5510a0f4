import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  copyCheckpoint,
  INTERRUPT,
  maxChannelVersion,
  RESUME,
  TASKS,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { createHash } from 'node:crypto';
import type { CompiledGraph, ServedGraph } from '../../functions/src/project/served-graph.ts';
import { served } from '../../functions/src/project/testing/served.ts';

/**
 * The copy of LangGraph that a project brings along. `own` is the repository's, which really runs all of them; `other` is the
 * same as a second copy of it, whose classes are its own. The old ones are imitated in what they do toward the runtime:
 *
 * - 1.2.9, as all before 1.4.8: checkpoints are handed in one behind the other and not waited for, nor are task writes; no
 *   drain control; all questions of a task have one id, and each is a write of its own.
 * - 0.3.12 as well: no stream mode `tasks` but `debug`, with results as pairs; Sends stand beside the channels; the answers
 *   that a task used are not handed in with its next question.
 */
export type Copy = 'own' | 'other' | '1.2.9' | '0.3.12';

export async function servedBy(copy: Copy, graph: unknown, name: string): Promise<ServedGraph> {
  if (copy === 'own') return await served(graph, name);
  if (copy === 'other') {
    const real = await served(graph, name);
    return { ...real, open: async (...given) => withClassesOfItsOwn(await real.open(...given)) };
  }
  const real = await served(graph, name, copy);
  return {
    ...real,
    open: async (factory, parts) => {
      const saver = new LaggingSaver(parts.checkpointer, copy === '0.3.12');
      return imitated(await real.open(factory, { ...parts, checkpointer: saver }), saver, copy === '0.3.12');
    },
  };
}

class GraphDrained extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GraphDrained';
  }
}

function withClassesOfItsOwn(graph: CompiledGraph): CompiledGraph {
  return {
    nodes: graph.nodes,
    channels: graph.channels,
    ...(graph.interruptAfter === undefined ? {} : { interruptAfter: graph.interruptAfter }),
    getState: (config) => graph.getState(config),
    streamEvents: (input, config) => graph.streamEvents(input, config),
    stream: async (input, config) =>
      (async function* () {
        try {
          yield* await graph.stream(input, config);
        } catch (error) {
          throw error instanceof Error && error.name === 'GraphDrained'
            ? new GraphDrained(error.message)
            : error;
        }
      })(),
  };
}

function imitated(graph: CompiledGraph, saver: LaggingSaver, beforeTasks: boolean): CompiledGraph {
  return {
    nodes: graph.nodes,
    channels: graph.channels,
    ...(graph.interruptAfter === undefined ? {} : { interruptAfter: graph.interruptAfter }),
    getState: (config) => graph.getState(config),
    streamEvents: (input, config) => graph.streamEvents(input, config),
    stream: async (input, config) =>
      (async function* () {
        try {
          for await (const chunk of await graph.stream(input, { ...config, control: undefined }))
            yield beforeTasks ? inPairs(chunk) : chunk;
        } finally {
          await saver.stored();
        }
        saver.throwFailure();
      })(),
  };
}

/** The result of a task, as mode `debug` had it. */
function inPairs(chunk: unknown): unknown {
  if (!Array.isArray(chunk) || chunk[1] !== 'debug') return chunk;
  const [ns, mode, told]: unknown[] = chunk;
  if (!isRecord(told) || told['type'] !== 'task_result' || !isRecord(told['payload'])) return chunk;
  const { result, ...payload } = told['payload'];
  return [
    ns,
    mode,
    { ...told, payload: { ...payload, result: isRecord(result) ? Object.entries(result) : result } },
  ];
}

/** Lets LangGraph go on at once, and stores in order what it handed in. */
class LaggingSaver extends BaseCheckpointSaver {
  readonly #saver: BaseCheckpointSaver;
  readonly #sendsBeside: boolean;
  readonly #calls = new Set<Promise<unknown>>();
  readonly #questions = new WeakMap<object, object>();
  #puts: Promise<unknown> = Promise.resolve();
  #failure: { error: unknown } | undefined;

  constructor(saver: BaseCheckpointSaver, sendsBeside: boolean) {
    super(saver.serde);
    this.#saver = saver;
    this.#sendsBeside = sendsBeside;
  }

  /** Resolves when everything that was handed in is stored, or was refused. */
  async stored(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls);
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const tuple = await this.#saver.getTuple(config);
    return tuple === undefined || !this.#sendsBeside ? tuple : withSendsAsChannel(tuple);
  }

  override list(...given: Parameters<BaseCheckpointSaver['list']>): AsyncGenerator<CheckpointTuple> {
    return this.#saver.list(...given);
  }

  override put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const copy = copyCheckpoint(checkpoint);
    // Before 0.4 no checkpoint is made for going on from a named one, so its Sends are not looked for beside it.
    const sendsBeside = this.#sendsBeside && metadata.source !== 'fork';
    if (sendsBeside) {
      copy.v = 1;
      delete copy.channel_values[TASKS];
      delete copy.channel_versions[TASKS];
    }
    const versions = { ...newVersions };
    if (sendsBeside) delete versions[TASKS];
    this.#puts = this.#puts.then(() => this.#saver.put(config, copy, metadata, versions));
    this.#track(this.#puts);
    return Promise.resolve({ configurable: { ...config.configurable, checkpoint_id: checkpoint.id } });
  }

  override putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string): Promise<void> {
    const asks = writes.some(([channel]) => channel === INTERRUPT);
    const told = writes
      .filter(([channel]) => !(asks && this.#sendsBeside && channel === RESUME))
      .flatMap(([channel, value]): PendingWrite[] =>
        channel === INTERRUPT && Array.isArray(value)
          ? value.map((question) => [channel, this.#question(question, taskId)])
          : [[channel, value]],
      );
    this.#track(this.#saver.putWrites(config, told, taskId));
    return Promise.resolve();
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.#saver.deleteThread(threadId);
  }

  override getNextVersion(current: number | undefined): number {
    return this.#saver.getNextVersion(current);
  }

  /** The same object for all tasks that hand it on, with the one id of the task that asked. */
  #question(question: unknown, taskId: string): unknown {
    if (!isRecord(question)) return question;
    let told = this.#questions.get(question);
    if (told === undefined) {
      const id = createHash('sha256').update(taskId).digest('hex').slice(0, 32);
      this.#questions.set(question, (told = { ...question, id }));
    }
    return told;
  }

  #track(call: Promise<unknown>): void {
    this.#calls.add(call);
    call.then(
      () => this.#calls.delete(call),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#calls.delete(call);
      },
    );
  }
}

function withSendsAsChannel(tuple: CheckpointTuple): CheckpointTuple {
  const { pending_sends: sends, ...checkpoint } = tuple.checkpoint as Checkpoint & {
    pending_sends?: unknown;
  };
  if (!Array.isArray(sends)) throw new Error('Before 0.4 LangGraph iterates over pending_sends.');
  const versions = Object.values(checkpoint.channel_versions);
  if (versions.length === 0) return { ...tuple, checkpoint };
  return {
    ...tuple,
    checkpoint: {
      ...checkpoint,
      channel_values: { ...checkpoint.channel_values, [TASKS]: sends },
      channel_versions: { ...checkpoint.channel_versions, [TASKS]: maxChannelVersion(...versions) },
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
