import type { Run, RunEvent } from '@longrun/shared';
import { isDeepStrictEqual } from 'node:util';
import type { DocumentWrite, Fields } from '../../functions/src/ports/documents.ts';
import { CHECKPOINT, editOf, type Observer } from './observer.ts';

const CRON = /^users\/[^/]+\/crons\/[^/]+$/;
const RUN = /^(users\/[^/]+\/runs\/[^/]+)(\/|$)/;

/** Sees every commit as well: what must hold between the runs of a thread, its edits, crons and removals. */
export class Watch {
  /** Every time at which a run was to be started. */
  readonly due = new Set<string>();
  /** Of runs whose documents were removed. */
  readonly removed = new Set<string>();
  readonly #observer: Observer;
  readonly #table: ReadonlyMap<string, unknown>;
  readonly #stored = new Map<string, Fields>();
  #next: string | null = null;

  constructor(observer: Observer, table: ReadonlyMap<string, unknown>) {
    this.#observer = observer;
    this.#table = table;
    observer.onEntry.add((run, events) => this.#oneOnThread(run, events));
  }

  /** Nothing else leads to what lies below a run, so its document goes last. */
  #removed(path: string): void {
    this.removed.add(path);
    for (const left of this.#table.keys())
      if (left.startsWith(`${path}/`))
        this.#observer.violated('removed-last', `${path} was removed before ${left}`);
  }

  /** A cron is going to start another run. */
  get cronIsDue(): boolean {
    return this.#next !== null;
  }

  committed(writes: DocumentWrite[]): void {
    const edited = editOf(writes);
    if (edited !== undefined) this.#editedWhileFree(edited);
    for (const write of writes) {
      if (write.op !== 'delete' && CRON.test(write.path)) this.#cron(write.fields);
      if (write.op === 'delete') {
        if (RUN.exec(write.path)?.[1] === write.path) this.#removed(write.path);
      } else this.#staysRemoved(write.path);
      if (CHECKPOINT.test(write.path)) this.#checkpoint(write);
    }
  }

  /** A thread never has two runs at work, and none starts while another one asks. */
  #oneOnThread({ run_id, thread_id }: Run, events: RunEvent[]): void {
    if (!events.some(({ type }) => type === 'attempt.started')) return;
    for (const { run: other } of this.#observer.runs.values()) {
      if (other.run_id === run_id || other.thread_id !== thread_id) continue;
      const isOn = other.status === 'running' || other.status === 'interrupted' || isBetween(other);
      if (isOn)
        this.#observer.violated(
          'one-on-thread',
          `${run_id} started on ${thread_id}, where ${other.run_id} is ${other.status}`,
        );
    }
  }

  #editedWhileFree(thread: string): void {
    for (const { run } of this.#observer.runs.values()) {
      if (!thread.endsWith(`/threads/${run.thread_id}`)) continue;
      if (run.status === 'pending' || run.status === 'running')
        this.#observer.violated(
          'edited-while-free',
          `${thread} was edited while ${run.run_id} is ${run.status}`,
        );
    }
  }

  #cron({ next_run_at: next }: Fields): void {
    if (next === undefined) return;
    this.#next = typeof next === 'string' ? next : null;
    if (this.#next !== null) this.due.add(this.#next);
  }

  #staysRemoved(path: string): void {
    if (this.removed.size === 0) return;
    const run = RUN.exec(path)?.[1];
    if (run !== undefined && this.removed.has(run))
      this.#observer.violated('stays-removed', `${path} was written after its run was removed`);
  }

  /** Whatever is done with other checkpoints of the thread, one that is stored stays as it is. */
  #checkpoint(write: DocumentWrite): void {
    const { path } = write;
    if (write.op !== 'delete') {
      const before = this.#stored.get(path);
      if (before !== undefined && !isDeepStrictEqual(before, write.fields))
        this.#observer.violated('checkpoint-kept', `${path} was changed`);
      this.#stored.set(path, write.fields);
      return;
    }
    this.#stored.delete(path);
    const [, thread] = /\/threads\/([^/]+)\//.exec(path) ?? [];
    const ours = [...this.#observer.runs.values()].filter(({ run }) => run.thread_id === thread);
    const owner = ours.find(({ events }) =>
      events.some((event) => event.type === 'checkpoint' && path.endsWith(`!${event.checkpoint_id}`)),
    );
    if (owner !== undefined && owner.run.status !== 'cancelled' && !ours.every(({ run }) => run.finished_at))
      this.#observer.violated('checkpoint-kept', `${path} of ${owner.run.run_id} was removed`);
  }
}

/** It has been at work, and is to go on. */
const isBetween = ({ status, attempt }: Run) => status === 'pending' && attempt > 0;
