import type { RunEvent } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { followPaced } from '../../follow-paced.ts';
import { drained, type Reader, type Readers } from '../../readers.ts';
import type { ThreadEvent } from './event.ts';
import { RunEvents } from './run-events.ts';
import { ThreadRuns, type FirstRun, type RunRef } from './thread-runs.ts';

export interface FeedTo {
  reader: Reader;
  readers: Readers;
  /** Called when the log of a run is read from its first event on, for what takes its events. */
  read: (run: RunRef) => (event: RunEvent) => void;
  /** Beyond its connection: resolves when more can be taken. */
  ready?: () => Promise<void>;
  onError: (error: Error) => void;
}

/** What the runs of a thread do, one after the other, no faster than it is read. The thread need not exist yet. */
export class ThreadFeed {
  readonly #documents: Documents;
  readonly #runs: ThreadRuns;
  readonly #to: FeedTo;
  readonly #unwatch: () => void;
  readonly #waiting: RunRef[] = [];
  /** The run of which is told, or was told last. */
  #current: RunRef | undefined;
  #unfollow: (() => void) | undefined;
  #isOver = false;

  constructor(
    documents: Documents,
    { uid, threadId, first }: { uid: string; threadId: string; first: FirstRun },
    to: FeedTo,
  ) {
    this.#documents = documents;
    this.#to = to;
    this.#runs = new ThreadRuns(documents, uid, threadId);
    const look = inTurn(async () => {
      this.#waiting.push(...(await this.#runs.begun(first)));
      if (this.#unfollow === undefined) this.#next();
      // The log of a run that was removed says no more, not even that it ended.
      else if (await this.#isStuck()) this.#next();
    }, this.#fail);
    this.#unwatch = this.#runs.watch(look, this.#fail);
  }

  /** Runs that have begun and of which nothing was told yet. */
  get ahead(): number {
    return this.#waiting.length;
  }

  /** The present run is told once more from its first event on. */
  again(): void {
    if (this.#isOver || this.#current === undefined) return;
    this.#unfollow?.();
    this.#unfollow = this.#follow(this.#current);
  }

  stop(): void {
    this.#isOver = true;
    this.#unwatch();
    this.#unfollow?.();
  }

  readonly #fail = (error: Error): void => {
    if (!this.#isOver) this.#to.onError(error);
  };

  #next(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    const run = this.#isOver ? undefined : this.#waiting.shift();
    if (run === undefined) return;
    this.#current = run;
    this.#unfollow = this.#follow(run);
  }

  async #isStuck(): Promise<boolean> {
    return (
      this.#current !== undefined && this.#waiting.length > 0 && (await this.#runs.isGone(this.#current))
    );
  }

  #follow(run: RunRef): () => void {
    const { reader, readers, ready } = this.#to;
    const take = this.#to.read(run);
    let seen = 0;
    return followPaced(this.#documents, run, seen, {
      onEntry: (entry) => {
        for (const event of entry.events) {
          if (event.seq <= seen) continue;
          seen = event.seq;
          take(event);
        }
        readers.check(reader);
      },
      ready: async () => {
        await ready?.();
        await drained(reader.to);
      },
      onHeld: (bytes) => (reader.held = bytes),
      loading: (load) => readers.loading(load),
      // The subscription is not there yet when the last entry comes at once.
      onEnd: () => queueMicrotask(() => this.#next()),
      onError: this.#fail,
    });
  }
}

/** Takes the events of a run's log for what is told of a thread. */
export function threadEvents(onEvent: (event: ThreadEvent) => void): (event: RunEvent) => void {
  const events = new RunEvents();
  return (event) => {
    for (const one of events.of(event)) onEvent(one);
  };
}

/** Never at the same time: once more afterwards when it was called meanwhile. */
function inTurn(work: () => Promise<void>, onError: (error: Error) => void): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    try {
      do {
        again = false;
        await work();
      } while (again);
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      running = false;
    }
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}
