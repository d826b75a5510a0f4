import {
  decodeEntry,
  foldEntry,
  inboxPath,
  isTerminalEvent,
  logEntryPath,
  type LogEntry,
  type NewEvent,
  type Run,
  isTerminal,
  traitsOf,
} from '@longrun/shared';
import { afterFlush, beforeEvent, flushOf, INITIAL_PACE, type Pace } from '../../../domain/coalesce.ts';
import { acceptable } from '../../../domain/after-cancel.ts';
import { HEARTBEAT_MS, LEASE_MS } from '../../../domain/limits.ts';
import { isTransient } from '../../../lib/transient.ts';
import type { Clock } from '../../../ports/clock.ts';
import { CommitConflict, type DocumentWrite, type Unsubscribe } from '../../../ports/documents.ts';
import { tell } from '../../../telemetry/tell.ts';
import { Outbox, type Batch } from './outbox.ts';
import { nextEntry, type RunStore } from '../../runs/run-store.ts';
import { CancelRequested, Fenced } from '../stop-reasons.ts';

/** The run document follows the log at most this often while nothing but progress changes. Milliseconds. */
const DOCUMENT_INTERVAL_MS = 1_000;
const RETRY_MS = 250;

/**
 * It is at most this old while a worker writes anything at all: whoever reads, cancels or sweeps the run reads what the log holds
 * beyond it, and the lease is in it. Milliseconds.
 */
const DOCUMENT_AGE_MS = HEARTBEAT_MS;

/**
 * The worker's pen: collects events, writes them as log entries, and learns from collisions what others
 * appended meanwhile. All writes of an attempt go through here, one at a time.
 */
export class Journal {
  run: Run;
  /** Aborts with `Fenced` when the run was taken, or with a reason when it was cancelled. */
  readonly stopped = new AbortController();
  readonly #store: RunStore;
  readonly #clock: Clock;
  readonly #writer: string;
  readonly #outbox = new Outbox();
  #sealed = false;
  #closed = false;
  #pace: Pace = INITIAL_PACE;
  #cancelTimer: (() => void) | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #queue: Promise<void> = Promise.resolve();
  #documentAt: number;
  #appendedAt: number;
  #documentStale = false;
  #unsubscribe: Unsubscribe | undefined;
  #heartbeat: (() => void) | undefined;
  /** Why nothing can be written any more: a batch that was lost must not be followed by another. */
  #broken: Error | undefined;

  constructor(options: { store: RunStore; run: Run; writer: string }) {
    this.#store = options.store;
    this.#clock = options.store.clock;
    this.run = options.run;
    this.#writer = options.writer;
    this.#documentAt = this.#clock.now();
    this.#appendedAt = this.#documentAt;
  }

  /** Listens for commands and keeps the lease until `close`. */
  open(): void {
    const { owner, run_id } = this.run;
    let first = true;
    let asked: unknown;
    this.#unsubscribe = this.#store.documents.watch(
      inboxPath(owner, run_id),
      (inbox) => {
        const news =
          !first ||
          (typeof inbox?.fields['entry'] === 'number' && inbox.fields['entry'] > this.run.head.entry);
        first = false;
        if (news) this.#takeIn();
        const probe = inbox?.fields['probe'];
        if (probe !== undefined && probe !== asked) this.#showLife();
        asked = probe;
      },
      (error) => this.#break(error),
    );
    this.#scheduleHeartbeat();
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe?.();
    this.#heartbeat?.();
    this.#cancelTimer?.();
  }

  /** What LangGraph still does after the attempt's outcome is known is no part of the run. */
  seal(): void {
    this.#sealed = true;
  }

  /** Adds an event; it is written soon, according to its kind. */
  push(event: NewEvent): void {
    if (this.#sealed) return;
    this.#outbox.push(event);
    const now = this.#clock.now();
    this.#pace = beforeEvent(this.#pace, event);
    const { delay, streamed } = flushOf(event, this.#pace, this.#outbox.bytes, now);
    this.#schedule(now + delay, streamed, now);
  }

  /** Adds documents that are committed together with the entry of the events pushed so far. */
  stage(writes: DocumentWrite[]): void {
    if (this.#sealed) return;
    this.#outbox.stage(writes);
  }

  /** Takes back staged documents that a later one makes superfluous. */
  unstage(isSuperfluous: (write: DocumentWrite) => boolean): void {
    this.#outbox.unstage(isSuperfluous);
  }

  /** Resolves when everything pushed and staged so far is durable. Throws Fenced. */
  flush(): Promise<void> {
    return this.#serial(() => this.#write(false));
  }

  #schedule(due: number, streamed: boolean, now: number): void {
    if (due >= this.#timerDue) return;
    this.#cancelTimer?.();
    this.#timerDue = due;
    this.#cancelTimer = this.#clock.after(due - now, () => {
      // Until its turn has come it takes along whatever else arrives.
      this.#timerDue = Number.NEGATIVE_INFINITY;
      this.#serial(() => this.#write(streamed)).catch((error: unknown) => this.#break(error));
    });
  }

  #serial(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(work);
    // The queue goes on after a failure; whoever called gets the failure itself.
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #write(streamed: boolean): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    this.#cancelTimer?.();
    this.#timerDue = Number.POSITIVE_INFINITY;
    // What arrives during a commit has a time of its own: written at once, each piece of a fast stream would be an entry.
    for (let left = this.#outbox.batches; left > 0; left -= 1) {
      const batch = this.#outbox.take();
      if (batch === undefined) return;
      this.#pace = afterFlush(this.#pace, streamed, this.#clock.now());
      await this.#writeBatch(batch);
    }
  }

  async #writeBatch({ events, staged }: Batch): Promise<void> {
    for (;;) {
      const accepted = acceptable(this.run, events);
      if (accepted.length === 0) return;
      const entry = nextEntry(this.run, accepted, this.#writer);
      const run = foldEntry(this.run, entry);
      if ((await this.#tryAppend(entry, run, staged)) === 'appended') {
        tell(this.run, run, entry);
        this.run = run;
        return;
      }
      await this.#readOthers();
    }
  }

  /** Commits, with patience: the same entry again until an answer came or the lease is surely lost. */
  async #tryAppend(entry: LogEntry, run: Run, staged: DocumentWrite[]): Promise<'appended' | 'collided'> {
    const glances = new Set(entry.events.map((event) => traitsOf(event).glance));
    const now = this.#clock.now();
    const age = now - this.#documentAt;
    // The start of the next step, or the end of the run, follows a checkpoint and writes the document.
    const due = age >= DOCUMENT_INTERVAL_MS && !entry.events.some(({ type }) => type === 'checkpoint');
    this.#documentStale ||= glances.has('soon');
    const document = glances.has('at once') || (due && this.#documentStale) || age >= DOCUMENT_AGE_MS;
    // A run may be removed while its worker sleeps; what is written with the document demands that it is there.
    const slept = now - Math.max(this.#documentAt, this.#appendedAt) > LEASE_MS;
    const writes = [
      ...staged,
      ...(document ? [this.#store.documentWrite(run)] : slept ? [this.#store.demand(run)] : []),
      ...this.#store.sideWrites(run, entry),
    ];
    const giveUpAt = now + 2 * LEASE_MS;
    for (;;) {
      try {
        const outcome = await this.#store.tryAppend(entry, run, writes);
        if (outcome === 'appended') this.#appendedAt = now;
        if (outcome === 'appended' && document) {
          this.#documentAt = now;
          this.#documentStale = false;
        }
        return outcome;
      } catch (error) {
        if (this.#clock.now() >= giveUpAt || !isTransient(error)) throw this.#break(error);
        await new Promise<void>((resolve) => this.#clock.after(RETRY_MS, resolve));
      }
    }
  }

  /** Folds in what others appended. Commands are obeyed; anything else means that the run is not ours any more. */
  async #readOthers(): Promise<void> {
    const { owner, run_id } = this.run;
    for (;;) {
      const [doc] = await this.#store.documents.get([logEntryPath(owner, run_id, this.run.head.entry + 1)]);
      if (doc === undefined) return;
      const entry = decodeEntry(doc.fields);
      this.run = foldEntry(this.run, entry);
      const taken = entry.events.some((event) => event.type === 'attempt.started' || isTerminalEvent(event));
      // What a newer version wrote is not understood fully, and so not followed by anything.
      if (taken || entry.newerFormat !== undefined) {
        throw this.#break(new Fenced());
      }
      if (entry.events.some((event) => event.type === 'cancel.requested')) {
        this.fail(new CancelRequested());
      }
    }
  }

  #takeIn(): void {
    this.#serial(() => this.#readOthers()).catch((error: unknown) => {
      // A read that failed is made again by the next heartbeat.
      if (!isTransient(error)) this.#break(error);
    });
  }

  /** A task arrived elsewhere, and its worker wants to know whether this one still holds the run. */
  #showLife(): void {
    this.#serial(() => this.#renew()).catch((error: unknown) => {
      if (!isTransient(error)) this.#break(error);
    });
  }

  /** Ends the attempt: whatever executes it is told to stop, for this reason. */
  fail(reason: unknown): void {
    if (!this.stopped.signal.aborted) this.stopped.abort(reason);
  }

  #break(reason: unknown): Error {
    this.#broken ??= brokenBy(reason);
    this.fail(this.#broken);
    return this.#broken;
  }

  #scheduleHeartbeat(): void {
    // A beat may have been under way when the journal was closed.
    if (this.#closed) return;
    this.#heartbeat = this.#clock.after(DOCUMENT_INTERVAL_MS, () => {
      void this.#serial(() => this.#beat()).then(
        () => this.#scheduleHeartbeat(),
        (error: unknown) => this.#afterFailedBeat(error),
      );
    });
  }

  #afterFailedBeat(error: unknown): void {
    if (isTransient(error)) this.#scheduleHeartbeat();
    else this.#break(error);
  }

  /**
   * A quiet worker renews its lease, and shows what the document does not say yet. Log entries are signs of
   * life as well, so a busy one need not.
   */
  async #beat(): Promise<void> {
    const quiet =
      this.#clock.now() - Math.max(this.#documentAt, this.#pace.lastFlushAt) >= HEARTBEAT_MS - RETRY_MS;
    if (quiet || this.#documentStale) await this.#renew();
  }

  async #renew(): Promise<void> {
    if (isTerminal(this.run.status) || this.#broken !== undefined) return;
    await this.#readOthers();
    await this.#store.refreshDocument(this.run);
    this.#documentAt = this.#clock.now();
    this.#documentStale = false;
  }
}

/** A run that was removed is nobody's any more. */
function brokenBy(reason: unknown): Error {
  if (reason instanceof CommitConflict && reason.reason === 'missing') return new Fenced();
  return reason instanceof Error ? reason : new Error(String(reason));
}
