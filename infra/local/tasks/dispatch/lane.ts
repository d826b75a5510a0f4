/** A queue's waiting tasks and the decision when the next may leave: due, within the rate, within the concurrency. */
import type { Micros, Queue } from '../model.ts';
import { Heap } from './heap.ts';
import { FULL_BUCKET, refill, untilToken } from './token-bucket.ts';
import type { Bucket } from './token-bucket.ts';

const MAX_TIMER_MS = 3_600_000; // setTimeout overflows at 24.8 days; tasks may wait 30

interface Waiting {
  name: string;
  at: Micros;
  seq: number;
}

export class Lane {
  readonly #waiting = new Heap<Waiting>((a, b) => a.at < b.at || (a.at === b.at && a.seq < b.seq));
  /** The valid entry of each waiting task: removal and rescheduling leave stale entries in the heap. */
  readonly #current = new Map<string, Waiting>();
  readonly #queue: () => Queue;
  readonly #dispatch: (name: string) => Promise<void>;
  readonly #now: () => Micros;
  #bucket: Bucket = FULL_BUCKET;
  #seq = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `dispatch` runs one attempt and never rejects. */
  constructor(queue: () => Queue, dispatch: (name: string) => Promise<void>, now: () => Micros) {
    this.#queue = queue;
    this.#dispatch = dispatch;
    this.#now = now;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#current.size;
  }

  /** Puts a task in line, or moves it. */
  add(name: string, at: Micros): void {
    const entry = { name, at, seq: this.#seq++ };
    this.#current.set(name, entry);
    this.#waiting.push(entry);
    this.pump();
  }

  remove(name: string): void {
    this.#current.delete(name);
  }

  clear(): void {
    this.#current.clear();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Starts what may start and sets the timer for what comes next. Call after anything that may allow more. */
  pump(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const { state, rateLimits } = this.#queue();
    if (state !== 'RUNNING') return;
    for (;;) {
      const next = this.#next();
      if (next === undefined || this.#inFlight >= rateLimits.maxConcurrentDispatches) return;
      const now = this.#now();
      this.#bucket = refill(this.#bucket, rateLimits, now / 1000);
      const waitMs = Math.max((next.at - now) / 1000, untilToken(this.#bucket, rateLimits));
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.min(Math.ceil(waitMs), MAX_TIMER_MS));
        return;
      }
      this.#waiting.pop();
      this.#current.delete(next.name);
      this.#bucket.tokens -= 1;
      this.#inFlight += 1;
      void this.#dispatch(next.name).finally(() => {
        this.#inFlight -= 1;
        this.pump();
      });
    }
  }

  #next(): Waiting | undefined {
    for (;;) {
      const top = this.#waiting.peek();
      if (top === undefined || this.#current.get(top.name) === top) return top;
      this.#waiting.pop();
    }
  }
}
