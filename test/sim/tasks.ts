import type { RunTask, TaskQueue } from '../../functions/src/ports/task-queue.ts';
import type { Faults } from './faults.ts';
import type { Network } from './network.ts';
import type { Process, World } from './world.ts';

/** What the queue knows of a delivery, as Cloud Tasks tells it in the headers of a request. */
export interface Delivery {
  task: RunTask;
  /** How often it was delivered before. */
  retries: number;
}

/** What became of a delivery: `seconds` is the handler's wish; `lost` that no answer came. */
export type Reply = { kind: 'done' } | { kind: 'again'; seconds: number } | { kind: 'lost' };

interface Pending extends Delivery {
  name: string;
}

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 10_000;
/** A handler that does not answer for so long gets its task once more, though it may still be at work. */
const DISPATCH_DEADLINE_MS = 120_000;

/** The durable queue of a world, with the promises of Cloud Tasks: at least once, in no order, names remembered. */
export class Tasks {
  readonly #world: World;
  readonly #network: Network;
  readonly #faults: Faults;
  readonly #deliver: (delivery: Delivery, reply: (reply: Reply) => void) => void;
  readonly #names = new Set<string>();
  readonly #pending = new Set<Pending>();
  #count = 0;

  constructor(
    world: World,
    network: Network,
    faults: Faults,
    deliver: (delivery: Delivery, reply: (reply: Reply) => void) => void,
  ) {
    this.#world = world;
    this.#network = network;
    this.#faults = faults;
    this.#deliver = deliver;
  }

  /** The queue as a process sees it. */
  queue(process: Process): TaskQueue {
    return {
      enqueue: (task, { name, notBefore }) =>
        this.#network.request(
          process,
          'enqueue',
          () => `enqueue ${task.run_id.slice(0, 4)} ${name.slice(0, 4)}`,
          () => this.#enqueue(task, name, notBefore),
        ),
      check: () => Promise.resolve(),
    };
  }

  /** How many tasks name the run. */
  pendingFor(runId: string): number {
    let count = 0;
    for (const { task } of this.#pending) if (task.run_id === runId) count += 1;
    return count;
  }

  #enqueue(task: RunTask, name: string, notBefore: number | undefined): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    const pending: Pending = { task, name, retries: 0 };
    this.#pending.add(pending);
    const wait = Math.max(0, (notBefore ?? 0) - this.#world.now);
    let late = 0;
    for (const fault of this.#faults.ofTask(this.#count++)) {
      if (fault.kind === 'late task') late += fault.ms;
      else
        this.#world.after(wait + fault.ms, null, () => this.#deliver({ task, retries: 0 }, () => undefined));
    }
    this.#schedule(pending, wait + late);
  }

  #schedule(pending: Pending, ms: number): void {
    const delay = ms + this.#world.random('queue').int(2, 40);
    this.#world.after(delay, null, () => this.#dispatch(pending));
  }

  #dispatch(pending: Pending): void {
    const world = this.#world;
    let answered = false;
    const reply = (answer: Reply) => {
      if (answered) return;
      answered = true;
      stopWaiting();
      if (answer.kind === 'done') {
        this.#pending.delete(pending);
        return;
      }
      const backoff = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** pending.retries);
      pending.retries += 1;
      this.#schedule(pending, answer.kind === 'again' ? Math.max(backoff, answer.seconds * 1_000) : backoff);
    };
    const stopWaiting = world.after(DISPATCH_DEADLINE_MS, null, () => reply({ kind: 'lost' }));
    this.#deliver({ task: pending.task, retries: pending.retries }, reply);
  }
}
