import { isObject, isTerminal, type Json, type Run } from '@longrun/shared';
import type { Calls } from './calls.ts';
import { isBelated, UID, type Clients } from './clients.ts';
import { atMoment } from './moments.ts';
import type { Observer } from './observer.ts';
import type { PlannedRun } from './plan.ts';
import type { Requests } from './requests.ts';

/** What people do through the API, and what they were promised. */
export class People {
  readonly #calls: Calls;
  readonly #clients: Clients;
  readonly #observer: Observer;
  readonly #requests: Requests;

  constructor(parts: { calls: Calls; clients: Clients; observer: Observer; requests: Requests }) {
    this.#calls = parts.calls;
    this.#clients = parts.clients;
    this.#observer = parts.observer;
    this.#requests = parts.requests;
  }

  start(planned: readonly PlannedRun[]): void {
    for (const request of planned) {
      atMoment(this.#observer, planned[0]?.thread ?? '', request.after, () => {
        this.#calls.do(request.at, () => this.#ask(request, request.cancels));
        if (request.again !== null) this.#calls.do(request.at + request.again, () => this.#ask(request, []));
      });
    }
    this.#observer.onEntry.add((run, events) => {
      const request = this.#requests.of(run);
      if (request === undefined) return;
      if (events.some(({ type }) => type === 'interrupt.opened')) this.#answerInTime(request, run);
      const over = events.some(({ type }) => type === 'run.failed' || type === 'run.cancelled');
      if (over && request.retryAfter !== null && run.retry_of === null && !isBelated(run)) {
        this.#calls.do(request.retryAfter, () => this.#retry(run));
        if (request.again !== null)
          this.#calls.do(request.retryAfter + request.again, () => this.#retry(run));
      }
    });
  }

  async #ask(request: PlannedRun, cancels: readonly number[]): Promise<void> {
    const { key, graph, thread, strategy, checkpoint, fails, timeout, stops, api } = request;
    const from = checkpoint === null ? undefined : this.#checkpoints(thread, api !== null)[checkpoint];
    const body = {
      assistant_id: graph,
      thread_id: thread,
      multitask_strategy: strategy,
      input: { seen: [] },
      metadata: { request: key },
      ...(from === undefined || api !== null ? {} : { config: { configurable: { checkpoint_id: from } } }),
      ...stops,
      ...(timeout === null ? {} : { run_timeout_s: timeout }),
      ...(fails?.how === 'hangs' ? { step_timeout_s: 20 } : {}),
    };
    const run =
      api === null
        ? await this.#calls.call(`create ${key}`, (host) => host.create(UID, body, key))
        : await this.#clients.start(request, api, body, from);
    if (run === null) return;
    if (!this.#observer.runs.has(run.run_id))
      this.#observer.violated('promise-kept', `${key} was created and is not there`);
    for (const ms of cancels) this.#calls.do(ms, () => this.#cancel(run));
  }

  async #cancel({ run_id }: Run): Promise<void> {
    const answer = await this.#calls.call(`cancel ${run_id.slice(0, 4)}`, (host) => host.cancel(UID, run_id));
    const status = this.#observer.runs.get(run_id)?.run.status;
    if (answer !== null && (status === undefined || !isTerminal(status))) {
      this.#observer.violated('promise-kept', `the cancel of ${run_id} was confirmed and it is ${status}`);
    }
  }

  #answerInTime(request: PlannedRun, run: Run): void {
    // Two people share the questions, if there are several; any other number of them answers all.
    const agreed = request.api?.agreed === true;
    const shared = run.interrupts.length > 1 && request.answers.length === 2;
    for (const [person, ms] of request.answers.entries()) {
      const own = run.interrupts.filter((_, i) => !shared || i % 2 === person);
      const answers = Object.fromEntries(
        own.map(({ id, value }) => [id, answerTo(value, agreed ? 0 : person)]),
      );
      const { api } = request;
      const onPage = api === null || (api.mixed && person > 0);
      this.#calls.do(ms, () =>
        onPage ? this.#answer(run, answers) : this.#clients.answer(request, run, answers, person),
      );
    }
  }

  async #answer({ run_id }: Run, answers: { [id: string]: Json }): Promise<void> {
    const what = `answer ${run_id.slice(0, 4)} ${JSON.stringify(answers)}`;
    const answer = await this.#calls.call(what, (host) => host.answer(UID, run_id, answers));
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
    await this.#calls.call(`retry ${run_id.slice(0, 4)}`, (host) => host.retry(UID, run_id));
  }

  /** `whole`: only those of the graph itself. */
  #checkpoints(thread: string, whole: boolean): string[] {
    return [...this.#observer.runs.values()]
      .filter(({ run }) => run.thread_id === thread)
      .flatMap(({ events }) =>
        events.flatMap((event) =>
          event.type === 'checkpoint' && !(whole && event.checkpoint_ns !== '') ? [event.checkpoint_id] : [],
        ),
      );
  }
}

/** No two questions of a run have the same answer, so that a wrong one shows. */
function answerTo(question: Json, person: number): string {
  return isObject(question) && 'name' in question
    ? `${person} to ${String(question['name'])} ${String(question['question'])}`
    : `${person} says go`;
}
