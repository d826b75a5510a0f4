import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import type { JsonObject } from '@longrun/shared';
import { forVersion } from '../runtime/saver/pending-sends.ts';
import type { DocumentSaver } from '../runtime/saver/saver.ts';

/** The thread's checkpoints as the project's version of LangGraph expects them. */
export class ReadingSaver extends BaseCheckpointSaver {
  readonly #saver: DocumentSaver;
  readonly #version: string;
  readonly #about: JsonObject;

  /** `about`: what new checkpoints say of themselves, beside what LangGraph says. */
  constructor(saver: DocumentSaver, version: string, about: JsonObject) {
    super(saver.serde);
    this.#saver = saver;
    this.#version = version;
    this.#about = about;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const tuple = await this.#saver.getTuple(config);
    return tuple === undefined ? undefined : forVersion(tuple, this.#version);
  }

  override async *list(
    config: RunnableConfig,
    options?: CheckpointListOptions,
  ): AsyncGenerator<CheckpointTuple> {
    for await (const tuple of this.#saver.list(config, options)) yield forVersion(tuple, this.#version);
  }

  override put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    return this.#saver.put(config, checkpoint, { ...this.#about, ...metadata }, newVersions);
  }

  override putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath?: string,
  ): Promise<void> {
    return this.#saver.putWrites(config, writes, taskId, taskPath);
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.#saver.deleteThread(threadId);
  }

  override getNextVersion(current: number | undefined): number {
    return this.#saver.getNextVersion(current);
  }
}
