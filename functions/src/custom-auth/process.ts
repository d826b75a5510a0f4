import { ChildCalls, type Lost } from '../lib/child-calls.ts';
import { saidSchema, type Asked, type AuthAnswer, type AuthCall, type Said } from './messages.ts';

export interface AuthProcessOptions {
  /** Until the module is loaded. Milliseconds. */
  loadMs: number;
  /** For one call. Milliseconds. */
  callMs: number;
  /** Arguments of Node; default: the functions' own program, and what this process was started with. */
  program?: string[];
  env?: NodeJS.ProcessEnv;
}

/** How a call ended. `broken`: no call can be answered. */
export type Outcome =
  { kind: 'answer'; answer: AuthAnswer } | { kind: 'late' } | { kind: 'broken'; reason: string } | Lost;

/** While calls are open, it is asked so often whether its event loop turns. Milliseconds. */
const PING_MS = 1_000;
/** After so many pings without an answer it is taken to be blocked for good. */
const MISSED_PINGS = 4;

/**
 * One process that has the project's auth module. A call that is not answered in time ends alone, for others may wait for the
 * same slow server; a module that keeps the event loop from turning ends with its process.
 */
export class AuthProcess {
  readonly #calls: ChildCalls<Outcome>;
  readonly #callMs: number;
  readonly #ready = Promise.withResolvers<string | null>();
  readonly #starting: NodeJS.Timeout;
  #pings: NodeJS.Timeout | undefined;
  #missed = 0;
  #isReady = false;

  constructor({ loadMs, callMs, program, env }: AuthProcessOptions) {
    this.#callMs = callMs;
    this.#calls = new ChildCalls(
      { target: 'auth', program, env },
      (message) => {
        const said = saidSchema.safeParse(message);
        if (said.success) this.#hear(said.data);
      },
      (reason) => {
        clearTimeout(this.#starting);
        this.#rest();
        this.#ready.resolve(this.#isReady ? null : reason);
      },
    );
    const late = () => this.kill(`it was not loaded within ${loadMs / 1_000} s`);
    this.#starting = setTimeout(late, loadMs).unref();
  }

  get ended(): boolean {
    return this.#calls.ended;
  }

  /** Why its module cannot be used; null: it can. */
  get loaded(): Promise<string | null> {
    return this.#ready.promise;
  }

  async ask(call: AuthCall): Promise<Outcome> {
    const problem = await this.#ready.promise;
    if (problem !== null) return { kind: 'broken', reason: problem };
    return await this.#calls.call((id) => {
      this.#calls.limit(id, this.#callMs, () => this.#settle(id, { kind: 'late' }));
      this.#pings ??= setInterval(() => this.#ping(), PING_MS).unref();
      this.#send({ kind: 'call', id, call });
    });
  }

  kill(reason: string): void {
    this.#calls.kill(reason);
  }

  #send(asked: Asked): void {
    this.#calls.send(asked);
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case 'ready':
        clearTimeout(this.#starting);
        this.#isReady = true;
        return this.#ready.resolve(said.problem);
      case 'pong':
        this.#missed = 0;
        return;
      case 'answer':
        return this.#settle(said.id, { kind: 'answer', answer: said.answer });
      default:
        return said satisfies never;
    }
  }

  #ping(): void {
    this.#missed += 1;
    if (this.#missed > MISSED_PINGS) this.kill('it kept its event loop from turning');
    else this.#send({ kind: 'ping' });
  }

  #settle(id: number, outcome: Outcome): void {
    this.#calls.settle(id, outcome);
    if (this.#calls.open === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#pings);
    this.#pings = undefined;
    this.#missed = 0;
  }
}
