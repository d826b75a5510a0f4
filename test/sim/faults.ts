import type { Edition } from './graphs/edition.ts';

/** What goes wrong in a scenario. `at` counts the requests of all processes; `from` is in milliseconds of the world. */
export type Fault =
  /** The process that makes the request dies; the request arrives all the same, or it does not. */
  | { kind: 'crash'; at: number; arrives: boolean }
  /** A write takes effect, and the caller sees an error. */
  | { kind: 'lost acknowledgement'; at: number }
  /** The client library repeats a commit whose answer was lost: it takes effect, and the caller sees a conflict. */
  | { kind: 'repeated commit'; at: number }
  /** The caller sees an error; the write takes effect later. */
  | { kind: 'late commit'; at: number; ms: number }
  | { kind: 'refused request'; at: number }
  | { kind: 'slow request'; at: number; ms: number }
  | { kind: 'slow answer'; at: number; ms: number }
  /** The process stands still, as in a long collection of garbage or on a throttled machine. */
  | { kind: 'pause'; slot: string; from: number; ms: number }
  /** A step computes and does not wait: the process stands still, but not its thread. */
  | { kind: 'blocked loop'; slot: string; from: number; ms: number }
  /** The machine sleeps with all its processes; what the queue had waited for is over when it wakes. */
  | { kind: 'sleep'; from: number; ms: number }
  /** Nothing that the process sends arrives. */
  | { kind: 'partition'; slot: string; from: number; ms: number }
  | { kind: 'lost listener'; slot: string; from: number }
  | { kind: 'clock skew'; slot: string; from: number; ms: number }
  /** SIGTERM, ten seconds, SIGKILL. */
  | { kind: 'deploy'; slot: string; from: number }
  /** A deploy of all workers, with other graphs. */
  | { kind: 'changed graphs'; edition: Edition; from: number }
  | { kind: 'duplicate task'; task: number; ms: number }
  | { kind: 'late task'; task: number; ms: number };

export type RequestKind = 'read' | 'commit' | 'enqueue' | 'effect' | 'answer';

type RequestFault = Extract<Fault, { at: number }>;

/** Hands out each fault once, to the first request that it can befall. */
export class Faults {
  readonly injected = new Map<Fault['kind'], number>();
  readonly #requests: RequestFault[];
  readonly #rest: Fault[];
  #count = 0;

  constructor(faults: readonly Fault[]) {
    this.#requests = faults.filter((fault): fault is RequestFault => 'at' in fault);
    this.#requests.sort((a, b) => a.at - b.at);
    this.#rest = faults.filter((fault) => !('at' in fault));
  }

  /** The fault that befalls the next request, if any. */
  ofRequest(kind: RequestKind): RequestFault | undefined {
    const n = this.#count++;
    const due = this.#requests.findIndex((fault) => fault.at <= n && suits(fault, kind));
    if (due < 0) return undefined;
    const [fault] = this.#requests.splice(due, 1);
    if (fault !== undefined) this.count(fault.kind);
    return fault;
  }

  timed(): Extract<Fault, { from: number }>[] {
    return this.#rest.filter((fault) => 'from' in fault);
  }

  ofTask(n: number): Extract<Fault, { task: number }>[] {
    const found = this.#rest.filter((fault) => 'task' in fault && fault.task === n);
    for (const fault of found) this.count(fault.kind);
    return found.filter((fault) => 'task' in fault);
  }

  count(kind: Fault['kind']): void {
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
  }
}

function suits(fault: RequestFault, kind: RequestKind): boolean {
  switch (fault.kind) {
    case 'repeated commit':
    case 'late commit':
      return kind === 'commit';
    case 'lost acknowledgement':
      return kind === 'commit' || kind === 'enqueue';
    case 'refused request':
      return kind !== 'effect';
    case 'crash':
    case 'slow request':
    case 'slow answer':
      return true;
  }
}
