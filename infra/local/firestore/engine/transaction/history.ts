/**
 * The recent past, in memory: what each commit changed, for a short window. It answers what a document was at a time, and
 * what changed since, so that transactions, reads in the past and resumed listeners need no old versions on disk.
 */
import type { StoredDocument } from '../store/document.ts';
import type { Change, Commit } from '../write/change.ts';

const WINDOW_MICROS = 60_000_000; // longer than a reconnect takes, and than most transactions
const MAX_CHANGES = 20_000; // and yet no burst of writes fills the memory
const MAX_BYTES = 16 * 1024 * 1024; // as production counts; objects in memory take a few times that

interface Kept {
  readonly commit: Commit;
  readonly bytes: number;
}

export class History {
  /** Emptied before the head, so that nothing dropped stays in memory; compacted now and then. */
  #commits: (Kept | undefined)[] = [];
  #head = 0; // index of the oldest commit kept
  #count = 0;
  #bytes = 0;
  /** Changes per document, oldest first. */
  readonly #byName = new Map<string, { time: number; change: Change }[]>();
  /** Snapshots before this time cannot be told. */
  #horizon: number;
  /** Times of open transactions and reads: what they need stays, unless memory runs short. */
  readonly #pins = new Map<object, number>();

  constructor(start: number) {
    this.#horizon = start;
  }

  get horizon(): number {
    return this.#horizon;
  }

  pin(owner: object, time: number): void {
    this.#pins.set(owner, time);
  }

  unpin(owner: object): void {
    this.#pins.delete(owner);
  }

  /** `bytes`: roughly what the changes hold. */
  add(commit: Commit, bytes: number): void {
    this.#commits.push({ commit, bytes });
    this.#count += commit.changes.length;
    this.#bytes += bytes;
    for (const change of commit.changes) {
      const list = this.#byName.get(change.at.name);
      if (list) list.push({ time: commit.time, change });
      else this.#byName.set(change.at.name, [{ time: commit.time, change }]);
    }
    this.#prune(commit.time);
  }

  /** Takes back commits after `time`, whose SQL transaction failed. */
  retract(time: number): void {
    for (;;) {
      const newest = this.#commits.at(-1);
      if (!newest || newest.commit.time <= time || this.#commits.length <= this.#head) return;
      this.#commits.pop();
      this.#count -= newest.commit.changes.length;
      this.#bytes -= newest.bytes;
      for (const { at } of newest.commit.changes) {
        const list = this.#byName.get(at.name);
        list?.pop();
        if (list?.length === 0) this.#byName.delete(at.name);
      }
    }
  }

  /** The change that ended the document's state at `time`; undefined: it has not changed since. */
  changeAfter(name: string, time: number): Change | undefined {
    return this.#byName.get(name)?.find((entry) => entry.time > time)?.change;
  }

  /** By name, the documents that changed after `time`, as they were at `time`. */
  changedSince(time: number, select: (change: Change) => boolean): Map<string, StoredDocument | undefined> {
    const states = new Map<string, StoredDocument | undefined>();
    for (let i = this.#commits.length - 1; i >= this.#head; i -= 1) {
      const commit = this.#commits[i]?.commit;
      if (!commit || commit.time <= time) break;
      for (const change of commit.changes) if (select(change)) states.set(change.at.name, change.before);
    }
    return states;
  }

  #prune(now: number): void {
    const pinned = Math.min(Infinity, ...this.#pins.values());
    for (;;) {
      const oldest = this.#commits[this.#head];
      if (!oldest) return;
      const { time, changes } = oldest.commit;
      const tooMany = this.#count > MAX_CHANGES || this.#bytes > MAX_BYTES;
      const needed = time > Math.min(now - WINDOW_MICROS, pinned);
      if (needed && !(tooMany && this.#commits.length - this.#head > 1)) return;
      this.#horizon = time;
      this.#count -= changes.length;
      this.#bytes -= oldest.bytes;
      for (const { at } of changes) {
        const list = this.#byName.get(at.name);
        list?.shift();
        if (list?.length === 0) this.#byName.delete(at.name);
      }
      this.#commits[this.#head] = undefined;
      this.#head += 1;
      if (this.#head > 1024 && this.#head * 2 > this.#commits.length) {
        this.#commits = this.#commits.slice(this.#head);
        this.#head = 0;
      }
    }
  }
}
