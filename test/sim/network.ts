import type { Faults, RequestKind } from './faults.ts';
import type { Process, World } from './world.ts';

/** How soon a refused connection is noticed. Milliseconds. */
const REFUSED_MS = 20;

/** What a client library throws when it cannot know the outcome: gRPC's UNAVAILABLE. */
export class Unavailable extends Error {
  readonly code = 14;

  constructor(what: string) {
    super(`14 UNAVAILABLE: ${what}`);
    this.name = 'Unavailable';
  }
}

/** Carries requests from processes to servers that never fail themselves, with delays and faults. */
export class Network {
  readonly #world: World;
  readonly #faults: Faults;
  /** Until when nothing of a process arrives, by its name. */
  readonly #cut = new Map<string, number>();

  constructor(world: World, faults: Faults) {
    this.#world = world;
    this.#faults = faults;
  }

  cut(process: Process, ms: number): void {
    this.#cut.set(process.name, this.#world.now + ms);
  }

  /** One way. Milliseconds. */
  latency(): number {
    return this.#world.random('latency').int(1, 8);
  }

  /** `serve` takes effect at once when the request arrives; the caller goes on when the answer does. */
  request<T>(process: Process, kind: RequestKind, what: () => string, serve: () => T): Promise<T> {
    const world = this.#world;
    return new Promise<T>((resolve, reject) => {
      if (process.dead) return;
      const fault = this.#faults.ofRequest(kind);
      if (fault !== undefined) world.note(() => `!! ${fault.kind}: ${what()}`);
      else world.note(what);
      const refuse = () => reject(new Unavailable(fault?.kind ?? 'partition'));
      const there = this.latency() + (fault?.kind === 'slow request' ? fault.ms : 0);
      const back = this.latency() + (fault?.kind === 'slow answer' ? fault.ms : 0);
      if ((this.#cut.get(process.name) ?? 0) > world.now || fault?.kind === 'refused request') {
        world.after(REFUSED_MS, process, refuse);
        return;
      }
      if (fault?.kind === 'crash') world.kill(process);
      if (fault?.kind === 'crash' && !fault.arrives) return;
      if (fault?.kind === 'late commit') {
        world.after(REFUSED_MS, process, refuse);
        world.after(fault.ms, null, () => attempt(serve), { quiet: true });
        return;
      }
      const arrive = () => {
        const first = attempt(serve);
        const outcome = fault?.kind === 'repeated commit' ? attempt(serve) : first;
        world.after(back, process, () => {
          if (fault?.kind === 'lost acknowledgement') refuse();
          else if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        });
      };
      world.after(there, null, arrive, { quiet: true });
    });
  }
}

function attempt<T>(serve: () => T): { value: T } | { error: Error } {
  try {
    return { value: serve() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
