/** What the running server holds, and the few changes to it that several places make. */
import { alreadyExists, failedPrecondition, notFound } from './api/errors.ts';
import { queueOf } from './api/names.ts';
import { Lane } from './dispatch/lane.ts';
import type { Micros, Queue, Task } from './model.ts';
import type { Store } from './store/store.ts';

export interface TaskEntry {
  task: Task;
  /** False until its creation is on disk; such a task is not there yet for anyone but a creator of the same name. */
  committed: boolean;
}

export interface QueueEntry {
  queue: Queue;
  tasks: Map<string, TaskEntry>;
  lane: Lane;
}

/** DeleteQueue: "a queue with the same name can't be created for 7 days". */
const QUEUE_NAME_REST_US = 7 * 24 * 3_600 * 1e6;

export class State {
  readonly store: Store;
  readonly now: () => Micros;
  readonly queues = new Map<string, QueueEntry>();
  readonly #tombstones = new Map<string, Micros>();
  readonly #dedupUs: Micros;
  readonly #dispatch: (queue: QueueEntry, taskName: string) => Promise<void>;

  constructor(
    store: Store,
    now: () => Micros,
    dedupMs: number,
    dispatch: (queue: QueueEntry, taskName: string) => Promise<void>,
  ) {
    this.store = store;
    this.now = now;
    this.#dedupUs = dedupMs * 1000;
    this.#dispatch = dispatch;
  }

  /** Takes over what is on disk. A task that was under way at a crash is due again at its old time: now. */
  load(): void {
    const { queues, tasks, tombstones } = this.store.load();
    for (const [name, until] of tombstones) this.#tombstones.set(name, until);
    for (const queue of queues) this.addQueue(queue);
    for (const task of tasks)
      this.queues.get(queueOf(task.name))?.tasks.set(task.name, { task, committed: true });
    for (const { lane, tasks: entries } of this.queues.values()) {
      for (const { task } of entries.values()) lane.add(task.name, task.scheduleTime);
    }
  }

  addQueue(queue: Queue): QueueEntry {
    const lane = new Lane(
      () => entry.queue,
      (name) => this.#dispatch(entry, name),
      this.now,
    );
    const entry: QueueEntry = { queue, tasks: new Map(), lane };
    this.queues.set(queue.name, entry);
    return entry;
  }

  /** Throws NOT_FOUND. */
  queue(name: string): QueueEntry {
    const entry = this.queues.get(name);
    if (entry === undefined) throw notFound(`Queue does not exist: ${name}. Create it first.`);
    return entry;
  }

  /** Throws NOT_FOUND. */
  task(name: string): { queue: QueueEntry; entry: TaskEntry } {
    const queue = this.queue(queueOf(name));
    const entry = queue.tasks.get(name);
    if (entry?.committed) return { queue, entry };
    throw notFound(
      this.#isResting(name)
        ? 'The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.'
        : `Task does not exist: ${name}`,
    );
  }

  /** Throws ALREADY_EXISTS or FAILED_PRECONDITION. */
  checkQueueNameFree(name: string): void {
    if (this.queues.has(name)) throw alreadyExists(`Queue already exists: ${name}`);
    if (this.#isResting(name)) {
      throw failedPrecondition(
        'The queue cannot be created because a queue with this name existed too recently.',
      );
    }
  }

  /** Throws ALREADY_EXISTS. */
  checkTaskNameFree(queue: QueueEntry, name: string): void {
    if (queue.tasks.has(name)) throw alreadyExists(`Requested entity already exists: ${name}`);
    if (this.#isResting(name)) {
      throw alreadyExists('The task cannot be created because a task with this name existed too recently.');
    }
  }

  /** Takes the task out of memory at once; the answer says when the disk knows. */
  removeTask(queue: QueueEntry, task: Task): Promise<void> {
    queue.tasks.delete(task.name);
    queue.lane.remove(task.name);
    const until = task.named ? this.#rest(task.name, this.#dedupUs) : undefined;
    return this.store.journal.durable(() => {
      this.store.removeTask(task.name);
      if (until !== undefined) this.store.putTombstone(task.name, until);
    });
  }

  async removeQueue(entry: QueueEntry): Promise<void> {
    const { name } = entry.queue;
    entry.lane.stop();
    this.queues.delete(name);
    const names = [...entry.tasks.keys()];
    entry.tasks.clear();
    const until = this.#rest(name, QUEUE_NAME_REST_US);
    await this.store.journal.durable(() => {
      for (const task of names) this.store.removeTask(task);
      this.store.removeQueue(name);
      this.store.putTombstone(name, until);
    });
  }

  /** Forgets names whose rest is over. */
  pruneTombstones(): void {
    const now = this.now();
    for (const [name, until] of this.#tombstones) if (until <= now) this.#tombstones.delete(name);
    this.store.journal.eventually(() => this.store.dropTombstones(now));
  }

  #rest(name: string, forUs: Micros): Micros {
    const until = this.now() + forUs;
    this.#tombstones.set(name, until);
    return until;
  }

  #isResting(name: string): boolean {
    return (this.#tombstones.get(name) ?? 0) > this.now();
  }
}
