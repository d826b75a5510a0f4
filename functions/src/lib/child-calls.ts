import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '@longrun/shared';

export interface ChildOptions {
  /** The function that it is, `FUNCTION_TARGET`. */
  target: string;
  /** Arguments of Node; default: the functions' own program, and what this process was started with. */
  program?: string[] | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/** How a call ends whose process ended first, which this call need not have ended. */
export interface Lost {
  kind: 'lost';
  reason: string;
}

interface Waiting<Outcome> {
  settle: (outcome: Outcome) => void;
  timer: NodeJS.Timeout | undefined;
}

const OWN_PROGRAM = [...process.execArgv, fileURLToPath(new URL('../http/index.ts', import.meta.url))];

/** A child process with users' code, and the calls that wait for its answers. It ends with this process. */
export class ChildCalls<Outcome> {
  readonly #child: ChildProcess;
  readonly #onEnd: (reason: string) => void;
  readonly #waiting = new Map<number, Waiting<Outcome | Lost>>();
  #last = 0;
  ended = false;

  /** `onEnd` is called once, before the calls that wait are lost. */
  constructor(
    { target, program = OWN_PROGRAM, env = process.env }: ChildOptions,
    hear: (message: unknown) => void,
    onEnd: (reason: string) => void,
  ) {
    this.#onEnd = onEnd;
    this.#child = spawn(process.execPath, program, {
      env: { ...env, FUNCTION_TARGET: target },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    // Nobody waits for its end.
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', hear);
    this.#child.once('exit', (code, signal) =>
      this.#end(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
    );
    this.#child.once('error', (error) => this.#end(`it could not be started: ${errorMessage(error)}`));
  }

  get open(): number {
    return this.#waiting.size;
  }

  /** `begin` is told the id of the call, and sends it. */
  async call(begin: (id: number) => void): Promise<Outcome | Lost> {
    const id = ++this.#last;
    return await new Promise((settle) => {
      if (this.ended) return settle({ kind: 'lost', reason: 'it had ended' });
      this.#waiting.set(id, { settle, timer: undefined });
      begin(id);
    });
  }

  /** From now on the call has so long; then `late` is called, which settles it. */
  limit(id: number, ms: number, late: () => void): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(late, ms);
  }

  settle(id: number, outcome: Outcome | Lost): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.settle(outcome);
  }

  /** A process that cannot be told ends, which settles all. */
  send(message: Serializable): void {
    this.#child.send(message, () => undefined);
  }

  kill(reason: string): void {
    this.#child.kill('SIGKILL');
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.#onEnd(reason);
    for (const id of this.#waiting.keys()) this.settle(id, { kind: 'lost', reason });
  }
}
