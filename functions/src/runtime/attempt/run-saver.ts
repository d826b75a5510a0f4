import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  INTERRUPT,
  RESUME,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import type { JsonObject } from '@longrun/shared';
import { isUnpassed, unpassed, withoutMark } from './questions/breakpoints.ts';
import type { LeftOver } from './resume/left-over.ts';
import type { Answered } from './resume/origin.ts';
import { finishedTasks } from './resume/finished-tasks.ts';
import { withoutCommand } from './command.ts';
import { withAnswers } from './questions/questions.ts';
import { forVersion } from '../saver/pending-sends.ts';
import type { DocumentSaver } from '../saver/saver.ts';
import type { JournalSink } from './journal/sink.ts';
import type { StreamReader } from './stream/stream-reader.ts';
import { UnstartedTasks } from './resume/unstarted-tasks.ts';

export interface RunSaverOptions {
  saver: DocumentSaver;
  sink: JournalSink;
  /** The answers that the run was given. */
  answered: Answered;
  /** The graph is called with a command. */
  commanded: boolean;
  /** Called between the tasks of a super-step and what they make of the state; stops the graph by throwing. */
  atBoundary: () => void;
  /** Of the project's LangGraph, which the checkpoints are read for. */
  version: string;
  /** The moment up to which the run's breakpoints were answered; null when it passes the one at which its thread stands. */
  passed: string | null;
  /** Resolves when ids that are made from then on sort after this one. */
  untilAfter: (checkpointId: string) => Promise<void>;
  left: LeftOver;
  reader: StreamReader;
  /** What the run's checkpoints say of themselves, beside what LangGraph says. */
  about: JsonObject;
}

/** The thread's checkpoints as one attempt sees them: with the answers that its questions were given. */
export class RunSaver extends BaseCheckpointSaver {
  readonly #options: RunSaverOptions;
  readonly #unstarted = new UnstartedTasks();
  /** Answers that tasks were given, by task. */
  readonly #given = new Map<string, unknown[]>();

  constructor(options: RunSaverOptions) {
    super(options.saver.serde);
    this.#options = options;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { saver, sink, answered, commanded, version, passed, left, reader, untilAfter } = this.#options;
    const tuple = await saver.getTuple(config);
    if (tuple === undefined) return undefined;
    const ns = String(tuple.config.configurable?.['checkpoint_ns'] ?? '');
    sink.loaded(ns, tuple.checkpoint.id);
    left.loaded(ns, tuple);
    if (ns !== '') {
      await untilAfter(tuple.checkpoint.id);
      reader.alreadyDone(finishedTasks(tuple));
    }
    const whole = forVersion(tuple, version);
    const given = withAnswers(commanded && ns === '' ? withoutCommand(whole) : whole, ns, answered);
    for (const [task, channel, value] of given.pendingWrites ?? []) {
      if (channel === RESUME && Array.isArray(value)) this.#given.set(task, value);
    }
    return isUnpassed(tuple, passed) ? unpassed(given) : given;
  }

  override list(config: RunnableConfig, options?: CheckpointListOptions): AsyncGenerator<CheckpointTuple> {
    return this.#options.saver.list(config, options);
  }

  override put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { saver, sink, about } = this.#options;
    const all = { ...about, ...metadata };
    const put = saver.put(config, withoutMark(checkpoint), all, newVersions);
    sink.putting(String(config.configurable?.['checkpoint_ns'] ?? ''), put);
    return put;
  }

  /** A task that asks again has used its answers: before 0.4 LangGraph does not hand them in with the next question. */
  override putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath?: string,
  ): Promise<void> {
    if (this.#unstarted.add(config, writes)) {
      this.#options.reader.taskFailed(taskId, null);
      return Promise.resolve();
    }
    const given = this.#given.get(taskId);
    const channels = new Set(writes.map(([channel]) => channel));
    const all =
      given !== undefined && channels.has(INTERRUPT) && !channels.has(RESUME)
        ? [...writes, [RESUME, given] satisfies PendingWrite]
        : writes;
    const call = this.#options.saver.putWrites(config, all, taskId, taskPath);
    this.#options.sink.writing(taskId, call);
    return call;
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.#options.saver.deleteThread(threadId);
  }

  /** LangGraph asks for it as it applies what the tasks of a step wrote. */
  override getNextVersion(current: number | undefined): number {
    this.#options.atBoundary();
    return this.#options.saver.getNextVersion(current);
  }
}
