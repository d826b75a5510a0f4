import { realSetImmediate, setCurrentWorld } from './globals.ts';
import type { Outside } from './outside.ts';
import { Random } from './random.ts';

/** A simulated operating system process: its promises go on only through events that it owns. */
export interface Process {
  readonly name: string;
  /** Its clock is this much ahead of the world's. Milliseconds. */
  skew: number;
  /** Nothing of it happens before this time of the world. */
  pausedUntil: number;
  dead: boolean;
  /** Called when it dies, by whoever waits for it. */
  readonly onDeath: Set<() => void>;
}

interface Event {
  time: number;
  order: number;
  owner: Process | null;
  /** Runs no code of a process, so there is nothing to wait for afterwards. */
  quiet: boolean;
  cancelled: boolean;
  /** Does not keep the world busy: what comes round for ever, such as the sweeper. */
  background: boolean;
  run: () => void;
}

/** Far more than any scenario needs: a world that goes on for so long turns in circles. */
const MAX_EVENTS = 30_000;

export class Restless extends Error {
  constructor() {
    super(`Something goes round in circles: ${MAX_EVENTS} events, and no rest.`);
    this.name = 'Restless';
  }
}

/**
 * Virtual time and everything that happens in it, one event after the other. After each event all promises that it
 * settled run to their next wait, so the order of events is the only order there is, and the seed decides it.
 */
export class World {
  now: number;
  /** Whose code runs at the moment. */
  process: Process | null = null;
  /** What the steps of graphs act upon. */
  outside: Outside | null = null;
  readonly trace: string[] | null;
  readonly started: number;
  readonly #seed: number;
  readonly #randoms = new Map<string, Random>();
  readonly #heap: Event[] = [];
  #order = 0;
  #busy = 0;
  #events = 0;
  #immediates: { owner: Process | null; run: () => void }[] = [];

  /** `epoch`: milliseconds since 1970 at which the world begins; `trace` collects what happens. */
  constructor(seed: number, epoch: number, trace: string[] | null) {
    this.#seed = seed;
    this.now = epoch;
    this.started = epoch;
    this.trace = trace;
  }

  random(label: string): Random {
    let random = this.#randoms.get(label);
    if (random === undefined) this.#randoms.set(label, (random = new Random(this.#seed, label)));
    return random;
  }

  /** The time as the process whose code runs sees it. */
  clock(): number {
    return this.now + (this.process?.skew ?? 0);
  }

  /** Calls back after `ms`, unless the owner is dead by then; the answer cancels it. */
  after(
    ms: number,
    owner: Process | null,
    run: () => void,
    options: { quiet?: boolean; background?: boolean } = {},
  ): () => void {
    const { quiet = false, background = false } = options;
    const time = this.now + Math.max(0, ms);
    const event = { time, order: this.#order++, owner, quiet, background, cancelled: false, run };
    if (!background) this.#busy += 1;
    push(this.#heap, event);
    return () => this.#cancel(event);
  }

  immediate(run: () => void): void {
    this.#immediates.push({ owner: this.process, run });
  }

  kill(process: Process): void {
    if (process.dead) return;
    process.dead = true;
    // Nor does the world wait for its timers.
    for (const event of this.#heap) if (event.owner === process) this.#cancel(event);
    for (const tell of process.onDeath) tell();
  }

  /** The text is made only for a trace. */
  note(text: string | (() => string)): void {
    if (this.trace === null) return;
    const seconds = ((this.now - this.started) / 1_000).toFixed(3).padStart(9);
    this.trace.push(
      `${seconds} ${(this.process?.name ?? '').padEnd(6)} ${typeof text === 'string' ? text : text()}`,
    );
  }

  /** Lets time pass until only what is in the background is left, or `until` says that it is enough. */
  async run(until: () => boolean): Promise<void> {
    setCurrentWorld(this);
    try {
      await this.#settle();
      while (!until()) {
        const event = this.#next();
        if (event === undefined) return;
        this.now = event.time;
        this.process = event.owner;
        event.run();
        if (!event.quiet) await this.#settle();
        this.process = null;
        if ((this.#events += 1) > MAX_EVENTS) throw new Restless();
      }
    } finally {
      setCurrentWorld(undefined);
    }
  }

  /** True when nothing is going on or about to happen but what is in the background. */
  get idle(): boolean {
    return this.#busy === 0;
  }

  #next(): Event | undefined {
    for (let event = pop(this.#heap); event !== undefined; event = pop(this.#heap)) {
      if (event.cancelled) continue;
      if (event.owner?.dead === true) {
        this.#cancel(event);
        continue;
      }
      if (event.owner !== null && event.owner.pausedUntil > event.time) {
        event.time = event.owner.pausedUntil;
        push(this.#heap, event);
        continue;
      }
      this.#cancel(event);
      return event;
    }
    return undefined;
  }

  #cancel(event: Event): void {
    if (event.cancelled) return;
    event.cancelled = true;
    if (!event.background) this.#busy -= 1;
  }

  /** All that is queued as a microtask or an immediate has run when this resolves. */
  async #settle(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => realSetImmediate(resolve));
      const waiting = this.#immediates;
      if (waiting.length === 0) return;
      this.#immediates = [];
      for (const { owner, run } of waiting) if (owner?.dead !== true) run();
    }
  }
}

function before(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let i = heap.length;
  heap.push(event);
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || before(parent, event)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = event;
}

function pop(heap: Event[]): Event | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || last === top) return top;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    let child = heap[down];
    if (child === undefined) break;
    const right = heap[down + 1];
    if (right !== undefined && before(right, child)) {
      down += 1;
      child = right;
    }
    if (before(last, child)) break;
    heap[i] = child;
    i = down;
  }
  heap[i] = last;
  return top;
}
