import { foldLog, type LogEntry, type NewEvent, type Run, type UnknownEvent } from '@longrun/shared';
import type { Live, RunDoc, RunFilter, RunPage, Stop, Watcher } from '../lib/live/live.ts';

interface ListWatch {
  filter: RunFilter;
  watcher: Watcher<RunPage>;
}

/** Firestore in memory, as far as the page listens to it: logs are written by the test, all else follows. */
export class FakeLive implements Live {
  readonly #logs = new Map<string, LogEntry[]>();
  readonly #lists = new Set<ListWatch>();
  readonly #logWatchers = new Map<string, Set<Watcher<LogEntry[]>>>();
  readonly #runWatchers = new Map<string, Set<Watcher<RunDoc | null>>>();
  reconnects = 0;
  pageSize = 50;
  readonly retriedBy = new Map<string, string>();

  /** Appends one entry with these events, and tells everyone. */
  append(runId: string, ...events: (NewEvent | Omit<UnknownEvent, 'seq'>)[]): void {
    const log = this.#logs.get(runId) ?? [];
    const last = log.at(-1)?.events.at(-1)?.seq ?? 0;
    const entry: LogEntry = {
      n: log.length,
      writer: 'w',
      nonce: `${log.length}`,
      events: events.map((event, i) => ({ ...event, seq: last + 1 + i })),
    };
    this.#logs.set(runId, [...log, entry]);
    for (const watcher of this.#logWatchers.get(runId) ?? []) watcher.next([entry], true);
    for (const watcher of this.#runWatchers.get(runId) ?? []) watcher.next(this.#doc(runId), true);
    for (const list of this.#lists) this.#tell(list);
  }

  run(runId: string): Run | null {
    const log = this.#logs.get(runId);
    return log === undefined ? null : foldLog(log);
  }

  watchRun(runId: string, watcher: Watcher<RunDoc | null>): Stop {
    watcher.next(this.#doc(runId), true);
    return add(this.#runWatchers, runId, watcher);
  }

  watchLog(runId: string, after: number, watcher: Watcher<LogEntry[]>): Stop {
    const known = (this.#logs.get(runId) ?? []).filter((entry) => entry.n > after);
    if (known.length > 0) watcher.next(known, true);
    return add(this.#logWatchers, runId, watcher);
  }

  watchRuns(filter: RunFilter, watcher: Watcher<RunPage>): Stop {
    const list = { filter, watcher };
    this.#lists.add(list);
    this.#tell(list);
    return () => this.#lists.delete(list);
  }

  watchOlderActive(before: string, watcher: Watcher<Run[]>): Stop {
    const runs = [...this.#logs.values()].map((log) => foldLog(log));
    watcher.next(
      runs.filter((run) => run.finished_at === null && run.created_at <= before),
      true,
    );
    return () => undefined;
  }

  watchThreads(watcher: Watcher<never[]>): Stop {
    watcher.next([], true);
    return () => undefined;
  }

  reconnect(): Promise<void> {
    this.reconnects += 1;
    return Promise.resolve();
  }

  #doc(runId: string): RunDoc | null {
    const run = this.run(runId);
    return run === null ? null : { run, retriedBy: this.retriedBy.get(runId) ?? null };
  }

  #tell({ filter, watcher }: ListWatch): void {
    const runs = [...this.#logs.values()]
      .map((log) => foldLog(log))
      .filter((run) => filter.status === undefined || run.status === filter.status)
      .filter((run) => filter.thread_id === undefined || run.thread_id === filter.thread_id)
      .toSorted((a, b) => b.created_at.localeCompare(a.created_at));
    const more =
      runs.length > this.pageSize ? () => Promise.reject(new Error('Not part of this test.')) : null;
    watcher.next({ runs: runs.slice(0, this.pageSize), more }, true);
  }
}

function add<T>(all: Map<string, Set<T>>, key: string, one: T): Stop {
  const set = all.get(key) ?? new Set();
  all.set(key, set.add(one));
  return () => set.delete(one);
}

/** How a run begins. */
export function created(runId: string, title: string, at = Date.now()): NewEvent {
  return {
    type: 'run.created',
    at,
    run_id: runId,
    thread_id: runId,
    owner: 'u',
    assistant_id: 'research',
    title,
    input: { messages: [{ role: 'user', content: title }] },
    config: null,
    metadata: null,
  };
}
