import {
  errorMessage,
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
import { decideFailure, decideGivenUp } from '../domain/decide.ts';
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
import { decideDeath, type Keeper } from './liveness/alone.ts';
import { decideClaim } from './liveness/claim.ts';
import { comeAgain } from './liveness/come-again.ts';
import { HeldRuns, type Held } from './liveness/held.ts';
import { holderAnswers } from './liveness/probe.ts';
import { Journal } from './attempt/journal/journal.ts';
import { Drained, Fenced } from './attempt/stop-reasons.ts';
import type { RunStore } from './runs/run-store.ts';
import { asAttempt } from './attempt/stray-errors.ts';
import { dispatchNext, dispatchNextOfThread, takeTurn } from './runs/thread-queue.ts';
import type { Price } from './attempt/stream/stream-reader.ts';

/** A task that finds its run held comes again after this. Seconds. */
const ASK_AGAIN_S = 5;
/** Likewise one whose run must wait until there is room for another process. Seconds, at least and at random beyond. */
const NO_ROOM_S = 2;
const NO_ROOM_JITTER_S = 6;

/** A run of a newer version waits for a worker of that version, which the queue may find at the next try. Seconds. */
const NEWER_S = 10;

/** What the queue is told: done (also: nothing to do, or another task was enqueued), or come again after `seconds`. */
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
  /** When a run is handed over at its next super-step. Milliseconds since its task came. */
  deadlineMs: number;
  /** How long that super-step may go on: until the request's own end. Milliseconds. */
  deadlineGraceMs: number;
  /** How long one may go on after the process was told to stop. Milliseconds. */
  graceMs: number;
  /** Executes runs that were lost again and again; absent: they are executed here, for this is such a process. */
  keeper?: Keeper;
  /** Told of what this process holds, at each change. */
  onHeld?: (held: Held[]) => void;
}

/** Takes tasks and executes their runs; several at a time, each with a journal of its own. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #shutdown = new AbortController();
  readonly #tasks = new Set<Promise<TaskAnswer>>();
  readonly #held: HeldRuns;
  #kept = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#held = new HeldRuns(options.onHeld);
  }

  /** Takes no new run, hands over the ones it has at their next super-step, and resolves when it holds none. */
  async drained(): Promise<void> {
    this.#shutdown.abort();
    const kept = this.#options.keeper?.drained();
    // A task that had just come takes no run any more, but may be about to notice.
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
    await kept;
  }

  async handle(task: RunTask): Promise<TaskAnswer> {
    const handling = this.#handle(task);
    this.#tasks.add(handling);
    try {
      return await handling;
    } finally {
      this.#tasks.delete(handling);
    }
  }

  async #handle(task: RunTask): Promise<TaskAnswer> {
    const { store, queue, id, random } = this.#options;
    /** The head of the log at which the holder was asked, and whether it answered. */
    let asked: { entry: number; answered: boolean } | undefined;
    for (;;) {
      if (this.#shutdown.signal.aborted) return await this.#later(task, 1);
      if (this.#held.has(task)) return await this.#later(task, ASK_AGAIN_S);
      const loaded = await store.load(task.uid, task.run_id);
      if (loaded === undefined) return { done: true };
      const { run: found } = loaded;
      if (loaded.newer && !isTerminal(found.status)) {
        log.warn('The run is left to a newer version.', { run_id: found.run_id });
        return await this.#later(task, NEWER_S);
      }
      // What this process began and holds no more, it lost.
      const silent = found.holder === id || (asked?.entry === found.head.entry && !asked.answered);
      const claim = decideClaim(found, { silent, worker: id, now: store.clock.now() });
      if (claim.kind === 'nothing') return { done: true };
      if (claim.kind === 'wait') {
        if (found.status !== 'running') return await this.#later(task, Math.ceil(claim.ms / 1_000));
        // This may be the only task that is left: should the holder die, it is what the run goes on with.
        if (asked !== undefined) return await this.#later(task, ASK_AGAIN_S);
        asked = { entry: found.head.entry, answered: await holderAnswers(store, loaded) };
        continue;
      }
      if (claim.kind === 'execute' && claim.alone && this.#options.keeper !== undefined) {
        if (await mustWait(store, queue, loaded)) return { done: true };
        const kept = this.#keep(this.#options.keeper, task, found);
        return kept === undefined
          ? await this.#later(task, NO_ROOM_S + random() * NO_ROOM_JITTER_S)
          : await kept;
      }
      // Another task for the run may have been quicker.
      if (this.#shutdown.signal.aborted || this.#held.has(task)) continue;
      // Held before it is stored: a second task must not find an attempt of this process that it does not know of.
      const end = await this.#held.while({ ...task, attempt: found.attempt + 1 }, async () => {
        const turn = await takeTurn(store, found);
        if (turn === null || (await mustWait(store, queue, loaded))) return { run: null };
        const overspent = claim.kind === 'execute' ? ((await this.#options.overspent?.()) ?? null) : null;
        const events = overspent === null ? claim.events : decideGivenUp(found, overspent, store.clock.now());
        const run = await this.#claim(found, events, turn);
        if (run === null) return null;
        return { run: isTerminal(run.status) ? run : await this.#attempt(run) };
      });
      if (end === null) continue;
      // What follows may come back at once, and must not find the run held.
      if (end.run !== null) await this.#dispatchAfter(end.run);
      return { done: true };
    }
  }

  /** What goes on now that the run rests, or was handed over. */
  async #dispatchAfter(run: Run): Promise<void> {
    const { store, queue } = this.#options;
    if (run.status === 'pending') await dispatch(queue, run);
    if (run.status === 'interrupted') {
      await enqueueAnnouncement(queue, run);
      await dispatchNextOfThread(store, queue, run);
      await dispatchWaiting(store, queue, run.owner);
    }
    if (isTerminal(run.status)) await dispatchNext(store, queue, run);
  }

  /** 200 for the queue, and another task; only when that cannot be made the queue is to repeat this one. */
  async #later(task: RunTask, seconds: number): Promise<TaskAnswer> {
    const { queue, store, id } = this.#options;
    try {
      await comeAgain(queue, task, { from: id, seconds: Math.ceil(seconds), now: store.clock.now() });
      return { done: true };
    } catch (error) {
      log.warn('A task could not be enqueued anew.', { run_id: task.run_id, error: errorMessage(error) });
      return { done: false, seconds: Math.ceil(seconds) };
    }
  }

  /** Undefined when there is no room for another process. */
  #keep(keeper: Keeper, task: RunTask, run: Run): Promise<TaskAnswer> | undefined {
    const { store, queue, id, random } = this.#options;
    this.#kept += 1;
    const worker = `${id}.alone-${this.#kept}`;
    const end = keeper.execute(task, worker);
    if (end === undefined) return undefined;
    return this.#held.while({ ...task, attempt: run.attempt + 1 }, async () => {
      const ended = await end;
      if (ended.kind === 'answered') return ended.answer;
      const { reason } = ended;
      log.warn('The process that executed a run alone ended.', {
        run_id: run.run_id,
        graph: run.assistant_id,
        reason,
      });
      const left = await store.load(task.uid, task.run_id);
      if (left === undefined) return { done: true };
      // In the name of the process, which cannot say so itself.
      const writer = `${worker}:${left.run.attempt}`;
      const { run: after, appended } = await store.append(task.uid, task.run_id, writer, (loaded) =>
        loaded.run.attempt === left.run.attempt
          ? decideDeath(loaded.run, { worker, reason, now: store.clock.now(), random: random() })
          : null,
      );
      if (isTerminal(after.status)) await dispatchNext(store, queue, after);
      else if (appended) await dispatch(queue, after);
      // It died before it had taken the run.
      else if (after.status !== 'interrupted') return await this.#later(task, NO_ROOM_S);
      return { done: true };
    });
  }

  /** Null when another writer was first. */
  async #claim(run: Run, events: NewEvent[], turn: DocumentWrite[]): Promise<Run | null> {
    const { store, id } = this.#options;
    const { entry, run: next, writes } = store.following(run, events, id);
    try {
      if ((await store.tryAppend(entry, next, [...writes, ...turn])) === 'collided') return null;
      tell(run, next, entry);
      return next;
    } catch (error) {
      // The thread's queue changed meanwhile.
      if (error instanceof CommitConflict) return null;
      throw error;
    }
  }

  /** The run as the attempt left it; null when somebody else has it. */
  async #attempt(run: Run): Promise<Run | null> {
    const { store, id } = this.#options;
    const journal = new Journal({ store, run, writer: `${id}:${run.attempt}` });
    const fields = { run_id: run.run_id, thread_id: run.thread_id, attempt: run.attempt };
    journal.open();
    try {
      const owner = {
        run_id: run.run_id,
        graph: run.assistant_id,
        fail: (error: unknown) => journal.fail(error),
      };
      const outcome = await asAttempt(owner, () => this.#execute(journal));
      if (outcome.kind === 'fenced') {
        log.warn('Attempt stopped: another writer has the run.', fields);
        return null;
      }
      for (const event of this.#ending(journal.run, outcome, run.steps_done)) journal.push(event);
      journal.seal();
      await journal.flush();
      return journal.run;
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      log.warn('Attempt stopped: another writer has the run.', fields);
      return null;
    } finally {
      journal.close();
    }
  }

  async #execute(journal: Journal): Promise<Outcome> {
    const { store, graphs, price, deadlineMs, deadlineGraceMs, graceMs } = this.#options;
    const cache = this.#options.cache ?? documentCache(store.documents);
    const drain = new AbortController();
    const leave = new AbortController();
    const timeout = new AbortController();
    let cancelLeave: (() => void) | undefined;
    const handOver = (grace: number) => {
      drain.abort();
      cancelLeave?.();
      cancelLeave = store.clock.after(grace, () => leave.abort(new Drained()));
    };
    const stop = () => handOver(graceMs);
    const cancelDeadline = store.clock.after(deadlineMs, () => {
      if (!this.#shutdown.signal.aborted) handOver(deadlineGraceMs);
    });
    const left = runTimeLeft(journal.run, store.clock.now());
    const cancelTimeout = left === null ? undefined : store.clock.after(left, () => timeout.abort());
    if (this.#shutdown.signal.aborted) stop();
    this.#shutdown.signal.addEventListener('abort', stop, { once: true });
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
      this.#shutdown.signal.removeEventListener('abort', stop);
    }
  }

  /** `before`: how many steps had ended when the attempt began. */
  #ending(run: Run, outcome: Exclude<Outcome, { kind: 'fenced' }>, before: number): NewEvent[] {
    const { store, random, deadlineMs, deadlineGraceMs } = this.#options;
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
          return this.#ending(
            run,
            { kind: 'failed', failure: stepTooLong(deadlineMs + deadlineGraceMs) },
            before,
          );
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
