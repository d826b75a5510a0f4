import type { LogEntry, Run, RunStatus, Thread } from '@longrun/shared';

export interface RunFilter {
  status?: RunStatus;
  assistant_id?: string;
  thread_id?: string;
  q?: string;
}

export interface RunPage {
  runs: Run[];
  /** Reads the runs that follow; null when these are the last. */
  more: (() => Promise<RunPage>) | null;
}

/** A run's document; beside the run it names the run that did it again. */
export interface RunDoc {
  run: Run;
  retriedBy: string | null;
}

export type Stop = () => void;

/** What a listener is told. `current` is false while what it shows may be out of date: the connection is lost. */
export interface Watcher<T> {
  next(value: T, current: boolean): void;
  error(error: Error): void;
}

/** What the page listens to. It writes nothing. */
export interface Live {
  watchRun(runId: string, watcher: Watcher<RunDoc | null>): Stop;
  /** Entries after entry `after` (-1: all), in order, in batches. */
  watchLog(runId: string, after: number, watcher: Watcher<LogEntry[]>): Stop;
  watchRuns(filter: RunFilter, watcher: Watcher<RunPage>): Stop;
  /** Runs that have not ended and were made until `before` (ISO 8601): those that no list of the newest holds. */
  watchOlderActive(before: string, watcher: Watcher<Run[]>): Stop;
  watchThreads(watcher: Watcher<Thread[]>): Stop;
  /** Drops the connection and makes a new one at once. */
  reconnect(): Promise<void>;
}
