import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { graphOutput } from './graph-output.ts';
import { RotatingLog } from './rotating-log.ts';

export interface Program {
  name: string;
  args: string[];
  env: Record<string, string>;
  port: number;
  logFile: string;
  /** Told of each line that a graph prints. */
  onGraphOutput?: (line: string) => void;
}

const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;
const READY_MS = 30_000;
const PROBE_MS = 25;
/** A part that dies is started again at once, then more and more slowly. */
const RESTART_MS = 100;
const MAX_RESTART_MS = 5_000;
/** One that has died so often in a row is tried once a minute, and no more is said of it. */
const HOPELESS_DEATHS = 10;
const HOPELESS_RESTART_MS = 60_000;
/** A worker may need this long to hand its runs on. */
const STOP_MS = 12_000;
const KEPT_LINES = 15;

/** One process of the installation: started, watched, and started again when it dies. */
export class Supervised {
  readonly #program: Program;
  readonly #onPid: () => void;
  readonly #log: RotatingLog;
  #child: ChildProcess | undefined;
  #stopping = false;
  #reloading = false;
  #deaths = 0;
  #lastLines: string[] = [];

  constructor(program: Program, onPid: () => void) {
    this.#program = program;
    this.#onPid = onPid;
    this.#log = new RotatingLog(program.logFile, (line) => void process.stderr.write(`${line}\n`));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the port answers. Rejects with the last lines of output when it never does. */
  async start(): Promise<void> {
    this.#spawn();
    const { name, port } = this.#program;
    const deadline = Date.now() + READY_MS;
    while (!(await answers(port))) {
      if (Date.now() > deadline || (this.#child?.exitCode ?? null) === 1) {
        throw new Error(`${name} did not start:\n${this.#lastLines.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end();
  }

  /** Stops the process as at a deploy and starts it with what the files say now. Resolves when the port answers. */
  async reload(): Promise<void> {
    if (this.#stopping) return;
    this.#reloading = true;
    await this.#end();
    this.#reloading = false;
    if (!this.#stopping) await this.start();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(hard);
  }

  #spawn(): void {
    const { args, env, name } = this.#program;
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal's Ctrl-C must reach the supervisor only: it stops the parts in order.
      detached: true,
    });
    this.#child = child;
    this.#onPid();
    const startedAt = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      const show = graphOutput(this.#program.onGraphOutput ?? (() => undefined));
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#keep(text);
        show(text);
      });
    }
    child.once('error', (error) => this.#keep(`${name} could not be started: ${error.message}\n`));
    child.once('exit', (code, signal) => {
      if (this.#stopping || this.#reloading) return;
      this.#deaths = Date.now() - startedAt > MAX_RESTART_MS ? 0 : this.#deaths + 1;
      if (this.#deaths > 0 && this.#deaths <= HOPELESS_DEATHS && code === 1)
        process.stderr.write(`${name}: ${this.#lastLines.join('\n')}\n`);
      const isHopeless = this.#deaths > HOPELESS_DEATHS;
      const delay = isHopeless
        ? HOPELESS_RESTART_MS
        : Math.min(MAX_RESTART_MS, RESTART_MS * 2 ** this.#deaths);
      if (!isHopeless) process.stderr.write(`${name} ended (${signal ?? code}); starting it again.\n`);
      setTimeout(() => {
        if (!this.#stopping) this.#spawn();
      }, delay);
    });
  }

  #keep(text: string): void {
    this.#log.write(text);
    this.#lastLines = [...this.#lastLines, ...text.split('\n').filter((line) => line !== '')].slice(
      -KEPT_LINES,
    );
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
