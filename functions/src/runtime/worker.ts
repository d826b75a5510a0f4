import {
  foldEntry,
  isTerminal,
  jsonBytes,
  shorten,
  type Json,
  type NewEvent,
  type OpenInterrupt,
  type Run,
  type RunError,
} from '@longrun/shared';
import { classify } from '../domain/classify.ts';
import { decideClaim, decideFailure, decideGivenUp, SILENT } from '../domain/decide.ts';
import { runTimeLeft, stepTooLong } from '../domain/timeout.ts';
import { unlessAborted } from '../lib/unless-aborted.ts';
import type { Cache } from '../ports/cache.ts';
import { CommitConflict, type DocumentWrite } from '../ports/documents.ts';
import type { RunTask, TaskQueue } from '../ports/task-queue.ts';
import { dispatchWaiting, mustWait } from '../quotas/share.ts';
import { log } from '../telemetry/log.ts';
import { tell } from '../telemetry/tell.ts';
import { enqueueAnnouncement } from '../webhooks/enqueue.ts';
import { documentCache } from './cache/document-cache.ts';
import { dispatch } from './runs/dispatch.ts';
import { completed, execute, type Outcome } from './attempt/execute.ts';
import type { Graphs } from '../project/graphs.ts';
import { holderAnswers } from './liveness/holder.ts';
import { Journal } from './attempt/journal/journal.ts';
import { Drained, Fenced } from './attempt/stop-reasons.ts';
import { nextEntry, type RunStore } from './runs/run-store.ts';
import { asAttempt } from './attempt/stray-errors.ts';
import { dispatchNext, takeTurn } from './runs/thread-queue.ts';
import type { Price } from './attempt/stream/stream-reader.ts';

/** A task that finds its run held comes again after this. Seconds. */
const ASK_AGAIN_S = 3;

/** What the queue is told: done (also: nothing to do), or come again after `seconds`. */
export type TaskAnswer = { done: true } | { done: false; seconds: number };

export interface WorkerOptions {
  id: string;
  store: RunStore;
  queue: TaskQueue;
  graphs: Pick<Graphs, 'get'>;
  /** For the results of nodes; default: beside the runs. */
  cache?: Cache;
  price: Price;
  /** Why no attempt of any run may begin; absent, or null: they may. */
  overspent?: () => Promise<RunError | null>;
  random: () => number;
  /** Before the request's deadline by so much that a super-step can end. Milliseconds. */
  deadlineMs: number;
  /** How long a super-step may go on after that. Milliseconds. */
  graceMs: number;
}

/** Takes tasks and executes their runs; several at a time, each with a journal of its own. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #shutdown = new AbortController();
  readonly #attempts = new Set<Promise<void>>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Takes no new run, hands over the ones it has at their next super-step, and resolves when it holds none. */
  async drained(): Promise<void> {
    this.#shutdown.abort();
    await Promise.allSettled(this.#attempts);
  }

  async handle(task: RunTask): Promise<TaskAnswer> {
    if (this.#shutdown.signal.aborted) return { done: false, seconds: 1 };
    const { store, queue, id } = this.#options;
    /** The head of the log at which the holder was asked, and whether it answered. */
    let asked: { entry: number; answered: boolean } | undefined;
    for (;;) {
      const loaded = await store.load(task.uid, task.run_id);
      if (loaded === undefined) return { done: true };
      const { run: found } = loaded;
      const silent = asked?.entry === found.head.entry && !asked.answered;
      const claim = decideClaim(found, silent ? SILENT : loaded.sign, id, store.clock.now());
      if (claim.kind === 'nothing') return { done: true };
      if (claim.kind === 'wait') {
        const seconds = Math.ceil(claim.ms / 1_000);
        if (found.status !== 'running') return { done: false, seconds };
        // This may be the only task that is left: should the holder die, it is what the run goes on with.
        if (asked !== undefined) return { done: false, seconds: Math.min(seconds, ASK_AGAIN_S) };
        asked = { entry: found.head.entry, answered: await holderAnswers(store, loaded) };
        continue;
      }
      const turn = await takeTurn(store, found);
      if (turn === null || (await mustWait(store, queue, loaded))) return { done: true };
      const overspent = claim.kind === 'execute' ? ((await this.#options.overspent?.()) ?? null) : null;
      const events = overspent === null ? claim.events : decideGivenUp(found, overspent, store.clock.now());
      const run = await this.#claim(found, events, turn);
      if (run === null) continue;
      if (isTerminal(run.status)) {
        await dispatchNext(store, queue, run);
        return { done: true };
      }
      const attempt = this.#attempt(run);
      this.#attempts.add(attempt);
      await attempt.finally(() => this.#attempts.delete(attempt));
      return { done: true };
    }
  }

  /** Null when another writer was first. */
  async #claim(run: Run, events: NewEvent[], turn: DocumentWrite[]): Promise<Run | null> {
    const { store, id } = this.#options;
    const entry = nextEntry(run, events, id);
    const next = foldEntry(run, entry);
    const writes = [store.documentWrite(next), ...store.sideWrites(next, entry), ...turn];
    try {
      if ((await store.tryAppend(entry, next, writes)) === 'collided') return null;
      tell(run, next, entry);
      return next;
    } catch (error) {
      // The thread's queue changed meanwhile.
      if (error instanceof CommitConflict) return null;
      throw error;
    }
  }

  async #attempt(run: Run): Promise<void> {
    const { store, queue, id } = this.#options;
    const journal = new Journal({ store, run, writer: `${id}:${run.attempt}` });
    const fields = { run_id: run.run_id, thread_id: run.thread_id, attempt: run.attempt };
    journal.open();
    try {
      const owner = { run_id: run.run_id, fail: (error: unknown) => journal.fail(error) };
      const outcome = await asAttempt(owner, () => this.#execute(journal));
      if (outcome.kind === 'fenced') {
        log.warn('Attempt stopped: another writer has the run.', fields);
        return;
      }
      for (const event of this.#ending(journal.run, outcome, run.steps_done)) journal.push(event);
      journal.seal();
      await journal.flush();
      if (journal.run.status === 'pending') await dispatch(queue, journal.run);
      if (journal.run.status === 'interrupted') {
        await enqueueAnnouncement(queue, journal.run);
        await dispatchWaiting(store, queue, run.owner);
      }
      if (isTerminal(journal.run.status)) await dispatchNext(store, queue, journal.run);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      log.warn('Attempt stopped: another writer has the run.', fields);
    } finally {
      journal.close();
    }
  }

  async #execute(journal: Journal): Promise<Outcome> {
    const { store, graphs, price, deadlineMs, graceMs } = this.#options;
    const cache = this.#options.cache ?? documentCache(store.documents);
    const drain = new AbortController();
    const leave = new AbortController();
    const timeout = new AbortController();
    let cancelLeave: (() => void) | undefined;
    const handOver = () => {
      drain.abort();
      cancelLeave ??= store.clock.after(graceMs, () => leave.abort(new Drained()));
    };
    const cancelDeadline = store.clock.after(deadlineMs, handOver);
    const left = runTimeLeft(journal.run, store.clock.now());
    const cancelTimeout = left === null ? undefined : store.clock.after(left, () => timeout.abort());
    this.#shutdown.signal.addEventListener('abort', handOver, { once: true });
    try {
      // A graph may take long to load, and a run that has not begun can be handed over at any time.
      const graph = await unlessAborted(graphs.get(journal.run.assistant_id), drain.signal);
      if (graph === undefined) return { kind: 'drained', left: false };
      return await execute({
        journal,
        graph,
        price,
        documents: store.documents,
        cache,
        drain: drain.signal,
        leave: leave.signal,
        timeout: timeout.signal,
        now: () => store.clock.now(),
        after: (ms, callback) => store.clock.after(ms, callback),
      });
    } catch (error) {
      log.error('The graph could not be started.', error, { assistant_id: journal.run.assistant_id });
      return { kind: 'failed', failure: classify(error, store.clock.now()) };
    } finally {
      cancelDeadline();
      cancelLeave?.();
      cancelTimeout?.();
      this.#shutdown.signal.removeEventListener('abort', handOver);
    }
  }

  /** `before`: how many steps had ended when the attempt began. */
  #ending(run: Run, outcome: Exclude<Outcome, { kind: 'fenced' }>, before: number): NewEvent[] {
    const { store, random, deadlineMs, graceMs } = this.#options;
    const at = store.clock.now();
    // A request that came in while the graph ended is honoured, unless there is a result already.
    switch (outcome.kind) {
      case 'completed':
        return [completed(outcome.output, at)];
      case 'cancelled':
        return [{ type: 'run.cancelled', at }];
      case 'interrupted':
        return run.cancel_requested ? [{ type: 'run.cancelled', at }] : [asked(outcome.interrupts, at)];
      case 'drained':
        // Handed on again and again it would never end.
        if (outcome.left && run.steps_done === before && !this.#shutdown.signal.aborted) {
          return this.#ending(run, { kind: 'failed', failure: stepTooLong(deadlineMs + graceMs) }, before);
        }
        return run.cancel_requested
          ? [{ type: 'run.cancelled', at }]
          : [{ type: 'attempt.ended', at, attempt: run.attempt, reason: 'drained' }];
      case 'failed':
        return run.cancel_requested
          ? [{ type: 'run.cancelled', at }]
          : decideFailure(run, outcome.failure, at, random());
      default:
        return outcome satisfies never;
    }
  }
}

/** The run's document holds what is asked. Bytes of JSON, all questions together. */
const MAX_QUESTION_BYTES = 200_000;

/** Questions that are too large are asked by their beginnings; the thread's state holds them whole. */
function asked(interrupts: OpenInterrupt[], at: number): NewEvent {
  const room = MAX_QUESTION_BYTES / Math.max(1, interrupts.length);
  const fitting = interrupts.map((interrupt) => {
    const { id, value, ...rest } = interrupt;
    const bytes = jsonBytes(value);
    return bytes <= room ? interrupt : { id, value: shortened(value, room), value_bytes: bytes, ...rest };
  });
  return { type: 'interrupt.opened', at, interrupts: fitting };
}

function shortened(value: Json, room: number): Json {
  for (const chars of [4_000, 500, 60]) {
    const short = shorten(value, chars);
    if (jsonBytes(short) <= room) return short;
  }
  return '[This question is too large to be shown; the state of the thread holds it.]';
}
