import { LongrunError } from '@longrun/shared';
import { ChildCalls, type Lost } from '../lib/child-calls.ts';
import type { Call } from './calls.ts';
import { saidSchema, type Asked, type Said } from './messages.ts';

export interface ProcessOptions {
  /** Until the process has started, and until the graph of a call is loaded. Milliseconds. */
  loadMs: number;
  /** For the rest of a call. Milliseconds. */
  callMs: number;
  /** Arguments of Node; default: the functions' own program, and what this process was started with. */
  program?: string[];
  env?: NodeJS.ProcessEnv;
}

/** How a call ended. */
export type Outcome = { kind: 'answer'; text: string } | { kind: 'error'; error: LongrunError } | Lost;

/** A graph that is not known yet is loaded twice, first by a process that may die of it. */
const LOADS = 2;

/** One process that has the project's graphs. It ends with this one, at a call that takes too long, or by users' code. */
export class ReaderProcess {
  readonly #calls: ChildCalls<Outcome>;
  readonly #options: ProcessOptions;
  readonly #ready = Promise.withResolvers<void>();
  readonly #starting: NodeJS.Timeout;

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { program, env, loadMs } = options;
    this.#calls = new ChildCalls(
      { target: 'reader', program, env },
      (message) => {
        const said = saidSchema.safeParse(message);
        if (said.success) this.#hear(said.data);
      },
      () => {
        clearTimeout(this.#starting);
        this.#ready.resolve();
      },
    );
    this.#starting = setTimeout(() => this.kill('it did not start in time'), loadMs * LOADS).unref();
  }

  get ended(): boolean {
    return this.#calls.ended;
  }

  async ask(call: Call): Promise<Outcome> {
    await this.#ready.promise;
    return await this.#calls.call((id) => {
      this.#limit(id, this.#options.loadMs * LOADS);
      this.#calls.send({ id, call } satisfies Asked);
    });
  }

  kill(reason: string): void {
    this.#calls.kill(reason);
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case 'ready':
        clearTimeout(this.#starting);
        return this.#ready.resolve();
      case 'loaded':
        return this.#limit(said.id, this.#options.callMs);
      case 'answer':
        return this.#calls.settle(said.id, { kind: 'answer', text: said.text });
      case 'error': {
        const { code, message, details } = said.error;
        return this.#calls.settle(said.id, {
          kind: 'error',
          error: new LongrunError(code, message, details),
        });
      }
      default:
        return said satisfies never;
    }
  }

  /** A call that takes longer ends the process: what it does there cannot be stopped otherwise. */
  #limit(id: number, ms: number): void {
    this.#calls.limit(id, ms, () => {
      const error = new LongrunError('graph_error', `The graph did not answer within ${ms / 1_000} s.`);
      this.#calls.settle(id, { kind: 'error', error });
      this.kill('another call took too long');
    });
  }
}
