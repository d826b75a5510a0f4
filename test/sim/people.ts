import { isObject, isTerminal, LongrunError, type Json, type Run } from '@longrun/shared';
import type { Fleet } from './fleet.ts';
import { Unavailable } from './network.ts';
import type { Observer } from './observer.ts';
import type { PlannedRun } from './plan.ts';
import type { Host } from './runtime.ts';
import type { World } from './world.ts';

const UID = 'ada';

/** A browser repeats a request that got no answer so often. */
const MAX_TRIES = 200;
const RETRY_MS = 1_000;

/** What people do through the API, and what they were promised. */
export class People {
  /** Requests that are still to be made or answered. */
  pending = 0;
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #observer: Observer;
  readonly #requests: readonly PlannedRun[];

  constructor(parts: { world: World; fleet: Fleet; observer: Observer; requests: readonly PlannedRun[] }) {
    this.#world = parts.world;
    this.#fleet = parts.fleet;
    this.#observer = parts.observer;
    this.#requests = parts.requests;
  }

  start(): void {
    for (const request of this.#requests) {
      this.#do(request.at, () => this.#ask(request, request.cancels));
      if (request.again !== null) this.#do(request.at + request.again, () => this.#ask(request, []));
    }
    this.#observer.onEntry.add((run, events) => {
      const request = this.requestOf(run);
      if (request === undefined) return;
      if (events.some(({ type }) => type === 'interrupt.opened')) this.#answerInTime(request, run);
      const over = events.some(({ type }) => type === 'run.failed' || type === 'run.cancelled');
      if (over && request.retryAfter !== null && run.retry_of === null) {
        this.#do(request.retryAfter, () => this.#retry(run));
        if (request.again !== null) this.#do(request.retryAfter + request.again, () => this.#retry(run));
      }
    });
  }

  requestOf(run: Run): PlannedRun | undefined {
    const { metadata } = run;
    const key =
      typeof metadata === 'object' && metadata !== null && 'request' in metadata ? metadata.request : null;
    return this.#requests.find((request) => request.key === key);
  }

  async #ask(request: PlannedRun, cancels: readonly number[]): Promise<void> {
    const { key, graph, thread, strategy, checkpoint, fails, timeout, stops } = request;
    const from = checkpoint === null ? undefined : this.#checkpoints(thread)[checkpoint];
    const body = {
      assistant_id: graph,
      thread_id: thread,
      multitask_strategy: strategy,
      input: { seen: [] },
      metadata: { request: key },
      ...(from === undefined ? {} : { config: { configurable: { checkpoint_id: from } } }),
      ...stops,
      ...(timeout === null ? {} : { run_timeout_s: timeout }),
      ...(fails?.how === 'hangs' ? { step_timeout_s: 20 } : {}),
    };
    const run = await this.#call(`create ${key}`, (host) => host.create(UID, body, key));
    if (run === null) return;
    if (!this.#observer.runs.has(run.run_id))
      this.#observer.violated('promise-kept', `${key} was created and is not there`);
    for (const ms of cancels) this.#do(ms, () => this.#cancel(run));
  }

  async #cancel({ run_id }: Run): Promise<void> {
    const answer = await this.#call(`cancel ${run_id.slice(0, 4)}`, (host) => host.cancel(UID, run_id));
    const status = this.#observer.runs.get(run_id)?.run.status;
    if (answer !== null && (status === undefined || !isTerminal(status))) {
      this.#observer.violated('promise-kept', `the cancel of ${run_id} was confirmed and it is ${status}`);
    }
  }

  #answerInTime(request: PlannedRun, run: Run): void {
    // Two people share the questions, if there are several; any other number of them answers all.
    const shared = run.interrupts.length > 1 && request.answers.length === 2;
    for (const [person, ms] of request.answers.entries()) {
      const own = run.interrupts.filter((_, i) => !shared || i % 2 === person);
      const answers = Object.fromEntries(own.map(({ id, value }) => [id, answerTo(value, person)]));
      this.#do(ms, () => this.#answer(run, answers));
    }
  }

  async #answer({ run_id }: Run, answers: { [id: string]: Json }): Promise<void> {
    const what = `answer ${run_id.slice(0, 4)} ${JSON.stringify(answers)}`;
    const answer = await this.#call(what, (host) => host.answer(UID, run_id, answers));
    if (answer === null) return;
    const given =
      this.#observer.runs.get(run_id)?.events.filter(({ type }) => type === 'interrupt.answered') ?? [];
    for (const [id, value] of Object.entries(answers)) {
      const kept = given.some((event) => event.type === 'interrupt.answered' && event.answers[id] === value);
      if (!kept)
        this.#observer.violated(
          'promise-kept',
          `the answer ${String(value)} to ${id} was taken and is not there`,
        );
    }
  }

  async #retry({ run_id }: Run): Promise<void> {
    await this.#call(`retry ${run_id.slice(0, 4)}`, (host) => host.retry(UID, run_id));
  }

  #checkpoints(thread: string): string[] {
    return [...this.#observer.runs.values()]
      .filter(({ run }) => run.thread_id === thread)
      .flatMap(({ events }) =>
        events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint_id] : [])),
      );
  }

  #do(ms: number, action: () => Promise<void>): void {
    this.pending += 1;
    this.#world.after(ms, null, () => {
      action()
        .catch((error: unknown) =>
          this.#observer.violated('no-surprise', String(error instanceof Error ? error.stack : error)),
        )
        .finally(() => (this.pending -= 1));
    });
  }

  /** Null when the API refused, for a reason that it named. Whatever else it throws is a defect. */
  async #call<T>(what: string, handler: (host: Host) => Promise<T>): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      try {
        return await this.#fleet.call(what, handler);
      } catch (error) {
        if (error instanceof LongrunError && error.code !== 'unavailable') {
          this.#world.note(`${what}: ${error.code}`);
          return null;
        }
        if (!(error instanceof Unavailable || error instanceof LongrunError)) throw error;
        await new Promise<void>((resolve) => this.#world.after(RETRY_MS, null, resolve));
      }
    }
    throw new Error(`${what} got no answer.`);
  }
}

/** No two questions of a run have the same answer, so that a wrong one shows. */
function answerTo(question: Json, person: number): string {
  return isObject(question) && 'name' in question
    ? `${person} to ${String(question['name'])} ${String(question['question'])}`
    : `${person} says go`;
}
