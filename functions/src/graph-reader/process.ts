import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LongrunError } from '@longrun/shared';
import { log } from '../telemetry/log.ts';
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

/** How a call ended. `lost`: with the process, which this call need not have ended. */
export type Outcome =
  | { kind: 'answer'; text: string }
  | { kind: 'error'; error: LongrunError }
  | { kind: 'lost'; reason: string };

interface Waiting {
  settle: (outcome: Outcome) => void;
  timer: NodeJS.Timeout | undefined;
}

const OWN_PROGRAM = [...process.execArgv, fileURLToPath(new URL('../http/index.ts', import.meta.url))];
/** A graph that is not known yet is loaded twice, first by a process that may die of it. */
const LOADS = 2;

/** One process that has the project's graphs. It ends with this one, at a call that takes too long, or by users' code. */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<void>();
  #starting: NodeJS.Timeout | undefined;
  #last = 0;
  ended = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { program = OWN_PROGRAM, env = process.env } = options;
    this.#child = spawn(process.execPath, program, {
      env: { ...env, FUNCTION_TARGET: 'reader' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // Nobody waits for its end.
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', (message) => {
      const said = saidSchema.safeParse(message);
      if (said.success) this.#hear(said.data);
    });
    this.#child.once('exit', (code, signal) =>
      this.#end(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
    this.#child.once('error', (error) => {
      log.error('The process that reads graphs could not be started.', error);
      this.#end('it could not be started');
    });
    const late = () => this.kill('it did not start in time');
    this.#starting = setTimeout(late, options.loadMs * LOADS).unref();
  }

  async ask(call: Call): Promise<Outcome> {
    await this.#ready.promise;
    const id = ++this.#last;
    return await new Promise<Outcome>((settle) => {
      if (this.ended) return settle({ kind: 'lost', reason: 'it had ended' });
      this.#waiting.set(id, { settle, timer: undefined });
      this.#limit(id, this.#options.loadMs * LOADS);
      const asked: Asked = { id, call };
      // A process that cannot be told ends, which settles all.
      this.#child.send(asked, () => undefined);
    });
  }

  kill(reason: string): void {
    this.#child.kill('SIGKILL');
    this.#end(reason);
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case 'ready':
        clearTimeout(this.#starting);
        return this.#ready.resolve();
      case 'loaded':
        return this.#limit(said.id, this.#options.callMs);
      case 'answer':
        return this.#settle(said.id, { kind: 'answer', text: said.text });
      case 'error': {
        const { code, message, details } = said.error;
        return this.#settle(said.id, { kind: 'error', error: new LongrunError(code, message, details) });
      }
      default:
        return said satisfies never;
    }
  }

  /** A call that takes longer ends the process: what it does there cannot be stopped otherwise. */
  #limit(id: number, ms: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => {
      const error = new LongrunError('graph_error', `The graph did not answer within ${ms / 1_000} s.`);
      this.#settle(id, { kind: 'error', error });
      this.kill('another call took too long');
    }, ms);
  }

  #settle(id: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.settle(outcome);
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.#starting);
    this.#ready.resolve();
    for (const id of this.#waiting.keys()) this.#settle(id, { kind: 'lost', reason });
  }
}
