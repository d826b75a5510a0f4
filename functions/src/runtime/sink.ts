import type { NewEvent } from '@longrun/shared';
import type { CheckpointSink } from '../ports/checkpoint-sink.ts';
import type { DocumentWrite } from '../ports/documents.ts';
import type { Journal } from './journal.ts';
import { taskQuestion } from './questions.ts';
import type { StreamReader } from './stream-reader.ts';

interface TaskWrites {
  ns: string;
  channels: string[];
  writes: DocumentWrite[];
  /** LangGraph's own task that takes the input in, of which the stream says nothing. */
  hidden?: true;
}

/**
 * Commits LangGraph's checkpoints and task writes in the same batch as the log entries that report them.
 *
 * Under `durability: 'sync'` LangGraph calls putWrites as each task ends, put(checkpoint), and then yields the
 * tasks' ends to the stream while put is pending; the next super-step starts when put has resolved. So a sink
 * that lets the event loop turn once has seen every event of the step before it writes the batch.
 */
export class JournalSink implements CheckpointSink {
  readonly #journal: Journal;
  readonly #reader: StreamReader;
  readonly #now: () => number;
  /** Writes of tasks whose end the stream has not told yet. */
  readonly #pending = new Map<string, TaskWrites>();
  /** Staged writes of ended tasks, by checkpoint namespace. */
  readonly #finished = new Map<string, TaskWrites[]>();

  readonly #onStep: () => void;

  /** `onStep` is called when a super-step of the run has ended. */
  constructor(journal: Journal, reader: StreamReader, now: () => number, onStep: () => void) {
    this.#onStep = onStep;
    this.#journal = journal;
    this.#reader = reader;
    this.#now = now;
  }

  /** Every event of the run goes through here, so that a task's end and its writes share a batch. */
  push(event: NewEvent): void {
    if (event.type === 'node.finished') this.#release(event.task);
    this.#journal.push(event);
  }

  async taskWrites(
    info: Parameters<CheckpointSink['taskWrites']>[0],
    writes: DocumentWrite[],
  ): Promise<void> {
    const { channels, task_id, error } = info;
    if (error !== undefined) this.#reader.taskFailed(task_id, error);
    const ended = error === undefined && info.interrupts.length === 0;
    // Answers that LangGraph was called with are stored under the name of their question, which is no task.
    if (!ended || channels.every((channel) => channel === '__resume__')) {
      this.#journal.stage(writes);
      this.#taken(info);
      return;
    }
    this.#pending.set(info.task_id, { ns: info.checkpoint_ns, channels: info.channels, writes });
    await turn();
    const pending = this.#pending.get(info.task_id);
    if (pending === undefined) return;
    const events = this.#reader.taskWritten(info.task_id, this.#now());
    if (events.length === 0) pending.hidden = true;
    for (const event of events) this.push(event);
    this.#release(info.task_id);
  }

  async checkpoint(
    info: Parameters<CheckpointSink['checkpoint']>[0],
    writes: DocumentWrite[],
  ): Promise<void> {
    await turn();
    // What the new checkpoint holds needs no documents of its own. A channel that stores differences (LangGraph's
    // DeltaChannel) is not held by it: its value is read out of the writes.
    const held = new Set(info.channels);
    const finished = this.#finished.get(info.checkpoint_ns) ?? [];
    this.#finished.delete(info.checkpoint_ns);
    const superfluous = new Set(
      finished
        .filter(({ channels }) => channels.every((name) => held.has(name) || isTrigger(name)))
        .flatMap(({ writes: own }) => own),
    );
    this.#journal.unstage((write) => superfluous.has(write));
    const cached = info.endsStep ? this.#reader.stepEnded(info.checkpoint_ns, this.#now()) : [];
    for (const event of cached) this.push(event);
    const ended = cached.length > 0 || finished.some(({ hidden }) => hidden !== true);
    const { checkpoint_id, checkpoint_ns, parent_id, step } = info;
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
    if (checkpoint_ns === '') this.#onStep();
    // The input is in the log already: a checkpoint that holds no more than that can wait for the next event.
    if (ended) await this.#journal.flush();
  }

  /** A task that asks again and stores the answers it was given has used them up. */
  #taken({ channels, interrupts }: Parameters<CheckpointSink['taskWrites']>[0]): void {
    if (!channels.includes('__resume__')) return;
    const { answers } = this.#journal.run;
    const used = Object.keys(answers).filter((id) => interrupts.includes(taskQuestion(id)));
    if (used.length > 0) {
      this.#journal.push({ type: 'interrupt.resumed', at: this.#now(), interrupts: used });
    }
  }

  #release(task: string): void {
    const pending = this.#pending.get(task);
    if (pending === undefined) return;
    this.#pending.delete(task);
    this.#journal.stage(pending.writes);
    this.#finished.set(pending.ns, [...(this.#finished.get(pending.ns) ?? []), pending]);
  }
}

/** Channels that only start other nodes; they are empty again once those have run. */
function isTrigger(channel: string): boolean {
  return channel.startsWith('branch:to:') || channel.startsWith('__');
}

/** Everything queued as a microtask, the reader of the stream included, has run when this resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
