import type { NewEvent } from '@longrun/shared';
import type { CheckpointInfo, CheckpointSink, TaskInfo } from '../../../ports/checkpoint-sink.ts';
import type { DocumentWrite } from '../../../ports/documents.ts';
import type { Journal } from './journal.ts';
import { AskedQuestions } from '../questions/asked-questions.ts';
import { GraphChanged } from '../resume/changed-graph.ts';
import type { LeftOver } from '../resume/left-over.ts';
import type { Question } from '../questions/questions.ts';
import type { StreamReader } from '../stream/stream-reader.ts';

interface TaskWrites {
  /** Of the checkpoint that the task follows: what a task wrote belongs to that, not to a namespace. */
  checkpoint: string;
  channels: string[];
  writes: DocumentWrite[];
  /** LangGraph's own task that takes the input in, of which the stream says nothing. */
  hidden?: true;
}

export interface SinkOptions {
  journal: Journal;
  reader: StreamReader;
  now: () => number;
  /** Called when a checkpoint of the whole graph is stored, so that its next super-step begins. */
  onStep: () => void;
  /** Whether the project's LangGraph starts a super-step only when the checkpoint before it is stored. */
  waitsForPut: boolean;
  /** What was next in the graphs within nodes. */
  left: LeftOver;
}

/**
 * Commits LangGraph's checkpoints and task writes in the same batch as the log entries that report them.
 *
 * Under `durability: 'sync'` LangGraph calls putWrites as each task ends, put(checkpoint), and then yields the
 * tasks' ends to the stream while put is pending; the next super-step starts when put has resolved. So a sink
 * that lets the event loop turn once has seen every event of the step before it writes the batch.
 *
 * Before 1.4.8 the next super-step does not wait for put, and put(k + 1) is called when put(k) has resolved: tasks may end
 * whose checkpoint was not handed in. Here they wait for it, so that the log has the order of the newer versions.
 */
export class JournalSink implements CheckpointSink {
  readonly #journal: Journal;
  readonly #reader: StreamReader;
  readonly #now: () => number;
  readonly #onStep: () => void;
  readonly #waitsForPut: boolean;
  /** Checkpoints that were read or handed in: what is told of their tasks follows them in the log. */
  readonly #known = new Set<string>();
  /** Writes of tasks whose end the stream has not told yet. */
  readonly #pending = new Map<string, TaskWrites>();
  /** Staged writes of ended tasks, by their checkpoint. */
  readonly #finished = new Map<string, TaskWrites[]>();
  /** What ends the waiting of tasks for their checkpoint. */
  readonly #waiting = new Map<string, { checkpoint: string; learn: () => void }>();
  /** Task writes on their way here, by task: true when they have come, false when they cannot be stored. */
  readonly #coming = new Map<string, PromiseWithResolvers<boolean>[]>();
  #watching = false;
  /** Checkpoints on their way here, with their namespace. */
  readonly #puts = new Map<Promise<unknown>, string>();
  /** Task writes that are not answered yet. */
  readonly #calls = new Set<Promise<void>>();
  readonly #asked = new AskedQuestions();
  readonly #wrote = new Set<string>();
  /** The newest checkpoint of each namespace that was read or made. */
  readonly #newest = new Map<string, string>();

  readonly #left: LeftOver;
  /** Why nothing more may be stored. */
  #lost: GraphChanged | undefined;
  #checkpoints = 0;

  constructor({ journal, reader, now, onStep, waitsForPut, left }: SinkOptions) {
    this.#journal = journal;
    this.#reader = reader;
    this.#now = now;
    this.#onStep = onStep;
    this.#waitsForPut = waitsForPut;
    this.#left = left;
  }

  /** What the tasks of this attempt asked and were not answered. */
  get questions(): Question[] {
    return this.#asked.open();
  }

  /** Grows with each checkpoint and with each task that ended. */
  get progress(): number {
    return this.#checkpoints + this.#wrote.size;
  }

  /** Ids of the checkpoints at which the graph stands, its subgraphs' among them. */
  get newest(): string[] {
    return [...this.#newest.values()];
  }

  /** Whether the task was executed in this attempt. */
  executed(task: string): boolean {
    return this.#reader.nodeOf(task) !== undefined || this.#wrote.has(task);
  }

  /** A stored checkpoint was read: its tasks need not wait for it. */
  loaded(ns: string, checkpointId: string): void {
    if (checkpointId > (this.#newest.get(ns) ?? '')) this.#newest.set(ns, checkpointId);
    this.#learn(keyOf(ns, checkpointId));
  }

  /** The saver was asked to store a checkpoint; it is handed in here before the promise resolves. */
  putting(ns: string, put: Promise<unknown>): void {
    this.#puts.set(put, ns);
    const forget = () => void this.#puts.delete(put);
    put.then(forget, forget);
  }

  /** The saver was asked to store what a task wrote; it is handed in here before the promise resolves. */
  writing(task: string, call: Promise<unknown>): void {
    const coming = Promise.withResolvers<boolean>();
    this.#coming.set(task, [...(this.#coming.get(task) ?? []), coming]);
    call.then(
      () => coming.resolve(true),
      () => coming.resolve(false),
    );
  }

  /** Every event of the run goes through here, so that a task's end and its writes share a batch. */
  push(event: NewEvent): void {
    if (event.type === 'node.finished') {
      const handedOver = this.#reader.handedOverTo(event.task, this.#now());
      // A graph that hands over leaves what was next in it.
      if (this.#misses(handedOver.length > 0 ? [] : this.#left.within(event.task))) return;
      this.#release(event.task);
      for (const inner of handedOver) this.#journal.push(inner);
    }
    this.#journal.push(event);
  }

  /** Ends the attempt when nodes were to be executed that the graph does not have: nothing that it did without them is stored. */
  #misses(nodes: string[]): boolean {
    if (nodes.length > 0) this.#lost ??= new GraphChanged(nodes);
    if (this.#lost !== undefined) this.#journal.fail(this.#lost);
    return this.#lost !== undefined;
  }

  /**
   * Resolves when what the task wrote is here, and the checkpoints of the graphs within it: whether its end may be told.
   * LangGraph's stream may be ahead of that.
   */
  async mayTell(task: string): Promise<boolean> {
    await this.#putsWithin(task);
    const stored = await Promise.all((this.#coming.get(task) ?? []).map(({ promise }) => promise));
    return stored.every(Boolean);
  }

  /** Resolves when everything that LangGraph handed in is staged, also what it does not wait for. */
  async settled(): Promise<void> {
    while (this.#calls.size + this.#puts.size > 0) {
      await Promise.allSettled([...this.#calls, ...this.#puts.keys()]);
    }
  }

  /** Tasks of a completed run whose end was never told: those that were answered by the node cache. */
  finish(): void {
    for (const event of this.#reader.allEnded(this.#now())) this.push(event);
  }

  taskWrites(info: TaskInfo, writes: DocumentWrite[]): Promise<void> {
    const call = this.#taskWrites(info, writes);
    this.#calls.add(call);
    const forget = () => void this.#calls.delete(call);
    call.then(forget, forget);
    return call;
  }

  async #taskWrites(info: TaskInfo, writes: DocumentWrite[]): Promise<void> {
    const { channels, task_id, error } = info;
    this.#wrote.add(task_id);
    const checkpoint = keyOf(info.checkpoint_ns, info.checkpoint_id);
    if (!this.#known.has(checkpoint)) await this.#untilKnown(task_id, checkpoint);
    if (this.#lost !== undefined) throw this.#lost;
    this.#coming.get(task_id)?.shift()?.resolve(true);
    if (error !== undefined) this.#reader.taskFailed(task_id, error);
    const ended = error === undefined && info.interrupts.length === 0;
    // Answers that LangGraph was called with are stored under the name of their question, which is no task.
    if (!ended || channels.every((channel) => channel === '__resume__')) {
      this.#journal.stage(writes);
      this.#asked.add(info, this.#reader.nodeOf(task_id));
      if (error === undefined) return;
      await turn();
      for (const event of this.#reader.failedUntold(task_id, this.#now())) this.push(event);
      return;
    }
    if (channels.includes('__error__')) {
      // It handed over to the graph above, and is told with the task there that takes it up.
      this.#journal.stage(writes);
      this.#reader.taskHandsOver(task_id);
      return;
    }
    this.#pending.set(task_id, { checkpoint, channels, writes });
    await this.#putsWithin(task_id);
    await turn();
    this.#endUntold(task_id);
  }

  async checkpoint(info: CheckpointInfo, writes: DocumentWrite[]): Promise<void> {
    const { checkpoint_id, checkpoint_ns, parent_id, step } = info;
    this.#checkpoints += 1;
    const parent = keyOf(checkpoint_ns, parent_id ?? '');
    this.#learn(parent);
    await turn();
    for (const [task, { checkpoint }] of this.#pending) if (checkpoint === parent) this.#endUntold(task);
    if (!info.endsStep) this.#left.begunAnew(checkpoint_ns);
    if (this.#misses(this.#left.stepEnded(checkpoint_ns, info.versionsSeen, info.values))) throw this.#lost;
    const finished = this.#finished.get(parent) ?? [];
    this.#finished.delete(parent);
    const superfluous = writesHeldBy(info, finished);
    this.#journal.unstage((write) => superfluous.has(write));
    const cached =
      info.endsStep && this.#waitsForPut ? this.#reader.stepEnded(checkpoint_ns, this.#now()) : [];
    for (const event of cached) this.push(event);
    const ended = cached.length > 0 || finished.some(({ hidden }) => hidden !== true);
    if (checkpoint_ns === '') {
      for (const event of this.#reader.stateSaved(info.values, ended, this.#now())) this.push(event);
    }
    this.#journal.stage(writes);
    this.#journal.push({
      type: 'checkpoint',
      at: this.#now(),
      checkpoint_id,
      checkpoint_ns,
      step,
      ...(parent_id === undefined ? {} : { parent_id }),
    });
    this.loaded(checkpoint_ns, checkpoint_id);
    // The input is in the log already: a checkpoint that holds no more than that can wait for the next event.
    if (ended) await this.#journal.flush();
    if (checkpoint_ns === '') this.#onStep();
  }

  /** The stream has not told the task's end; LangGraph stored what it wrote, so it has ended. */
  #endUntold(task: string): void {
    const pending = this.#pending.get(task);
    if (pending === undefined) return;
    const events = this.#reader.taskWritten(task, this.#now());
    if (events.length === 0) pending.hidden = true;
    for (const event of events) this.push(event);
    this.#release(task);
  }

  async #untilKnown(task: string, checkpoint: string): Promise<void> {
    const { promise: known, resolve: learn } = Promise.withResolvers<void>();
    this.#waiting.set(task, { checkpoint, learn });
    void this.#letGoWhenIdle();
    await known;
    this.#waiting.delete(task);
  }

  async #putsWithin(task: string): Promise<void> {
    const within = [...this.#puts].filter(([, ns]) =>
      ns.split('|').some((part) => part.endsWith(`:${task}`)),
    );
    if (within.length > 0) await Promise.allSettled(within.map(([put]) => put));
  }

  #learn(checkpoint: string): void {
    this.#known.add(checkpoint);
    for (const waiting of this.#waiting.values()) if (waiting.checkpoint === checkpoint) waiting.learn();
  }

  /**
   * LangGraph hands in one checkpoint after the other, so a missing one follows those that are on their way. One that
   * nobody hands in (that of a thread without any) is not waited for.
   */
  async #letGoWhenIdle(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    for (let idle = 0; idle < 3 && this.#waiting.size > 0;) {
      if (this.#puts.size === 0) idle += 1;
      else await Promise.race([...this.#puts.keys()].map((put) => put.catch(() => undefined)));
      await turn();
    }
    this.#watching = false;
    for (const { learn } of this.#waiting.values()) learn();
  }

  #release(task: string): void {
    const pending = this.#pending.get(task);
    if (pending === undefined || this.#lost !== undefined) return;
    this.#pending.delete(task);
    this.#journal.stage(pending.writes);
    this.#finished.set(pending.checkpoint, [...(this.#finished.get(pending.checkpoint) ?? []), pending]);
  }
}

/**
 * What the new checkpoint holds needs no documents of its own. A channel that stores differences (LangGraph's DeltaChannel)
 * is not held by it: its value is read out of the writes. Nor are the Sends of versions before 0.4.
 */
function writesHeldBy({ channels }: CheckpointInfo, finished: TaskWrites[]): Set<DocumentWrite> {
  const held = new Set(channels);
  return new Set(
    finished
      .filter((task) => task.channels.every((name) => held.has(name) || isTrigger(name)))
      .flatMap(({ writes }) => writes),
  );
}

/** Channels that only start other nodes; they are empty again once those have run. */
function isTrigger(channel: string): boolean {
  return channel.startsWith('branch:to:') || (channel.startsWith('__') && channel !== '__pregel_tasks');
}

function keyOf(ns: string, checkpointId: string): string {
  return `${ns}!${checkpointId}`;
}

/** Everything queued as a microtask, the reader of the stream included, has run when this resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
