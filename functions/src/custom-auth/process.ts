import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { log } from '../telemetry/log.ts';
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

/** How a call ended. `lost`: with the process, which this call need not have ended. `broken`: no call can be answered. */
export type Outcome =
  | { kind: 'answer'; answer: AuthAnswer }
  | { kind: 'late' }
  | { kind: 'lost'; reason: string }
  | { kind: 'broken'; reason: string };

interface Waiting {
  settle: (outcome: Outcome) => void;
  timer: NodeJS.Timeout;
}

const OWN_PROGRAM = [...process.execArgv, fileURLToPath(new URL('../http/index.ts', import.meta.url))];
/** While calls are open, it is asked so often whether its event loop turns. Milliseconds. */
const PING_MS = 1_000;
/** After so many pings without an answer it is taken to be blocked for good. */
const MISSED_PINGS = 4;

/**
 * One process that has the project's auth module. A call that is not answered in time ends alone, for others may wait for the
 * same slow server; a module that keeps the event loop from turning ends with its process.
 */
export class AuthProcess {
  readonly #child: ChildProcess;
  readonly #options: AuthProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<string | null>();
  readonly #starting: NodeJS.Timeout;
  #pings: NodeJS.Timeout | undefined;
  #missed = 0;
  #last = 0;
  #isReady = false;
  ended = false;

  constructor(options: AuthProcessOptions) {
    this.#options = options;
    const { program = OWN_PROGRAM, env = process.env, loadMs } = options;
    this.#child = spawn(process.execPath, program, {
      env: { ...env, FUNCTION_TARGET: 'auth' },
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
      this.#end(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
    );
    this.#child.once('error', (error) => {
      log.error('The process of the auth module could not be started.', error);
      this.#end('it could not be started');
    });
    const late = () => this.kill(`it was not loaded within ${loadMs / 1_000} s`);
    this.#starting = setTimeout(late, loadMs).unref();
  }

  /** Why its module cannot be used; null: it can. */
  get loaded(): Promise<string | null> {
    return this.#ready.promise;
  }

  async ask(call: AuthCall): Promise<Outcome> {
    const problem = await this.#ready.promise;
    if (problem !== null) return { kind: 'broken', reason: problem };
    if (this.ended) return { kind: 'lost', reason: 'it had ended' };
    const id = ++this.#last;
    return await new Promise<Outcome>((settle) => {
      const timer = setTimeout(() => this.#settle(id, { kind: 'late' }), this.#options.callMs);
      this.#waiting.set(id, { settle, timer });
      this.#pings ??= setInterval(() => this.#ping(), PING_MS).unref();
      this.#send({ kind: 'call', id, call });
    });
  }

  kill(reason: string): void {
    this.#child.kill('SIGKILL');
    this.#end(reason);
  }

  /** A process that cannot be told ends, which settles all. */
  #send(asked: Asked): void {
    this.#child.send(asked, () => undefined);
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
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#rest();
    waiting.settle(outcome);
  }

  #rest(): void {
    clearInterval(this.#pings);
    this.#pings = undefined;
    this.#missed = 0;
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.#starting);
    this.#rest();
    this.#ready.resolve(this.#isReady ? null : reason);
    for (const id of this.#waiting.keys()) this.#settle(id, { kind: 'lost', reason });
  }
}
