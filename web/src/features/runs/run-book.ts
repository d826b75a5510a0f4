import { isActive, isTerminal, type Run } from '@longrun/shared';
import { createStore } from '../../lib/store.ts';

export type RunListener = () => void;

/**
 * Every run this page knows, once. The list, the run page, the dock and the tab title read it, so they cannot
 * disagree. Of two states of a run the one with more of the log wins, whichever way it came.
 */
export class RunBook {
  /** Newest first; null until the first answer. */
  readonly recent = createStore<readonly string[] | null>(null);
  /** Runs that have not ended and are older than those. */
  readonly older = createStore<readonly string[]>([]);
  /** Runs that ended while nobody looked at them. */
  readonly unseen = createStore<ReadonlySet<string>>(new Set());
  /** Counts changes of any run. */
  readonly version = createStore(0);
  /** Called when a run that was going on ended, or began to wait for a person. */
  onTurn: (run: Run) => void = () => undefined;
  readonly #runs = new Map<string, Run>();
  readonly #listeners = new Map<string, Set<RunListener>>();
  #looking: string | null = null;

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  put(run: Run): void {
    const known = this.#runs.get(run.run_id);
    if (known !== undefined && known.head.seq >= run.head.seq) return;
    this.#runs.set(run.run_id, run);
    for (const listener of this.#listeners.get(run.run_id) ?? []) listener();
    this.version.set((n) => n + 1);
    if (known !== undefined && isActive(known.status) && !isActive(run.status)) this.#turned(run);
  }

  /** Takes back a run that was shown before the server had it. */
  remove(id: string): void {
    if (!this.#runs.delete(id)) return;
    for (const listener of this.#listeners.get(id) ?? []) listener();
    this.version.set((n) => n + 1);
  }

  /** The newest runs as the server orders them; those made here a moment ago stay in front. */
  setRecent(runs: readonly Run[]): void {
    for (const run of runs) this.put(run);
    const ids = new Set(runs.map((run) => run.run_id));
    const oldest = runs.at(-1)?.created_at ?? '';
    const own = (this.recent.get() ?? []).filter((id) => {
      const run = this.#runs.get(id);
      return !ids.has(id) && run !== undefined && run.head.seq === 0 && run.created_at >= oldest;
    });
    this.recent.set([...own, ...ids]);
  }

  setOlder(runs: readonly Run[]): void {
    for (const run of runs) this.put(run);
    this.older.set(runs.map((run) => run.run_id));
  }

  /** Runs that have not ended, newest first, however old. */
  openRuns(): Run[] {
    const ids = new Set([...(this.recent.get() ?? []), ...this.older.get()]);
    return [...ids].flatMap((id) => this.#runs.get(id) ?? []).filter((run) => !isTerminal(run.status));
  }

  addRecent(run: Run): void {
    this.put(run);
    this.recent.set((ids) => [run.run_id, ...(ids ?? []).filter((id) => id !== run.run_id)]);
  }

  /** The run whose page is open; it needs no notice. Answers the function that ends it. */
  look(id: string): () => void {
    this.#looking = id;
    this.seen(id);
    const back = () => {
      if (document.visibilityState === 'visible') this.seen(id);
    };
    document.addEventListener('visibilitychange', back);
    return () => {
      document.removeEventListener('visibilitychange', back);
      if (this.#looking === id) this.#looking = null;
    };
  }

  seen(id: string): void {
    if (this.unseen.get().has(id))
      this.unseen.set((ids) => new Set([...ids].filter((other) => other !== id)));
  }

  subscribe(id: string, listener: RunListener): () => void {
    const set = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) this.#listeners.delete(id);
    };
  }

  #turned(run: Run): void {
    if (this.#looking === run.run_id && document.visibilityState === 'visible') return;
    this.unseen.set((ids) => new Set([...ids, run.run_id]));
    this.onTurn(run);
  }
}
