import { EMPTY_VIEW, extendView, type LogEntry, type RunView } from '@longrun/shared';
import type { Live, RunDoc, Stop } from '../../lib/live/live.ts';
import { createStore, type Store } from '../../lib/store.ts';
import { attach } from '../../lib/live/attach.ts';
import type { RunBook } from '../runs/run-book.ts';

export interface Followed {
  view: RunView;
  state: 'loading' | 'live' | 'missing' | 'failed';
  error: Error | null;
  /** The run that went on where this one stopped. */
  retriedBy: string | null;
  /** When anything was heard of the run last, by this machine's clock; 0 before. */
  heardAt: number;
}

interface Follower {
  store: Store<Followed>;
  users: number;
  stop: Stop;
}

/** Runs whose view is kept after their page was left, so that coming back shows it at once. */
const KEPT = 20;
const ARRIVED = 'longrun:events';

/** Shows in the browser's performance tools when events arrived; the mark itself is not kept. */
function markArrival(events: number): void {
  performance.mark(ARRIVED, { detail: { events } });
  performance.clearMarks(ARRIVED);
}

/** One listener per run, however many parts of the page look at it. */
export class Followers {
  readonly #live: () => Promise<Live>;
  readonly #book: RunBook;
  readonly #followers = new Map<string, Follower>();

  constructor(live: () => Promise<Live>, book: RunBook) {
    this.#live = live;
    this.#book = book;
  }

  of(runId: string): Store<Followed> {
    return this.#follower(runId).store;
  }

  /** Listens until the answer is called. */
  follow(runId: string): Stop {
    const follower = this.#follower(runId);
    follower.users += 1;
    if (follower.users === 1) follower.stop = this.#start(runId, follower.store);
    return () => {
      follower.users -= 1;
      if (follower.users === 0) follower.stop();
    };
  }

  #follower(runId: string): Follower {
    const known = this.#followers.get(runId);
    if (known !== undefined) return known;
    const initial: Followed = {
      view: EMPTY_VIEW,
      state: 'loading',
      error: null,
      retriedBy: null,
      heardAt: 0,
    };
    const made: Follower = { store: createStore(initial), users: 0, stop: () => undefined };
    this.#followers.set(runId, made);
    const idle = [...this.#followers].filter(([, { users }]) => users === 0);
    for (const [id] of idle.slice(0, Math.max(0, idle.length - KEPT))) this.#followers.delete(id);
    this.#followers.set(runId, made);
    return made;
  }

  #start(runId: string, store: Store<Followed>): Stop {
    const failed = (error: Error) => store.set((now) => ({ ...now, state: 'failed', error }));
    const entries = (news: LogEntry[]) => {
      if (news.length === 0) return;
      const view = extendView(store.get().view, news);
      store.set((now) => ({ ...now, view, state: 'live', error: null, heardAt: Date.now() }));
      if (view.run !== undefined) this.#book.put(view.run);
      markArrival(view.events.length);
    };
    const glance = (found: RunDoc | null) => {
      if (found !== null) this.#book.put(found.run);
      store.set((now) => ({
        ...now,
        retriedBy: found?.retriedBy ?? now.retriedBy,
        state: found !== null ? 'live' : now.view.run === undefined ? 'missing' : now.state,
        heardAt: Date.now(),
      }));
    };
    const listen = (live: Live) => {
      const known = store.get().view.run?.head.entry ?? -1;
      const stops = [
        live.watchLog(runId, known, { next: entries, error: failed }),
        live.watchRun(runId, { next: glance, error: failed }),
      ];
      return () => stops.forEach((stop) => stop());
    };
    return attach(this.#live, listen, failed);
  }
}
