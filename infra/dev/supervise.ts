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
  /** For how long it may hand over what it has when it is to end. Milliseconds. */
  graceMs: number;
  /** It says by a message that it listens, and shares its port (`listen-locally.ts`): its successor may run beside it. */
  sharesPort?: boolean;
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
/** What a part needs beside the time in which it hands over what it has. */
const STOP_MS = 5_000;
const KEPT_LINES = 15;

/** One process of the installation: started, watched, and started again when it dies. */
export class Supervised {
  readonly #program: Program;
  readonly #onPid: () => void;
  readonly #log: RotatingLog;
  #child: ChildProcess | undefined;
  /** That one, and predecessors that still hand over. */
  readonly #alive = new Set<ChildProcess>();
  #stopping = false;
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
    const child = this.#spawn();
    await this.#until(() => answers(this.#program.port), child);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#alive].map((child) => this.#end(child)));
  }

  /**
   * Replaces the process as a deploy does, with what the files say now: the new one takes what comes from now on, the old
   * one hands over what it has. Where ports cannot be shared, the old one ends first. Resolves when only the new one is there.
   */
  async reload(): Promise<void> {
    if (this.#stopping) return;
    const old = this.#child;
    if (old === undefined || this.#program.sharesPort !== true) {
      this.#child = undefined;
      if (old !== undefined) await this.#end(old);
      if (!this.#stopping) await this.start();
      return;
    }
    let listens = false;
    const next = this.#spawn();
    next.once('message', () => (listens = true));
    try {
      await this.#until(() => listens, next);
    } catch (error) {
      this.#child = old;
      await this.#end(next);
      throw error;
    }
    await this.#end(old);
  }

  async #until(isReady: () => boolean | Promise<boolean>, child: ChildProcess): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await isReady())) {
      if (Date.now() > deadline || child.exitCode === 1) {
        throw new Error(`${this.#program.name} did not start:\n${this.#lastLines.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  #spawn(): ChildProcess {
    const { args, env, name } = this.#program;
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(this.#program.sharesPort === true ? ['ipc' as const] : [])],
      // A terminal's Ctrl-C must reach the supervisor only: it stops the parts in order.
      detached: true,
    });
    this.#child = child;
    this.#alive.add(child);
    this.#onPid();
    const startedAt = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      const show = graphOutput(this.#program.onGraphOutput ?? (() => undefined));
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#keep(text);
        show(text);
      });
    }
    child.once('error', (error) => this.#keep(`${name} could not be started: ${error.message}\n`));
    child.once('exit', (code, signal) => {
      this.#alive.delete(child);
      if (this.#stopping || child !== this.#child) return;
      this.#deaths = Date.now() - startedAt > MAX_RESTART_MS ? 0 : this.#deaths + 1;
      if (this.#deaths > 0 && this.#deaths <= HOPELESS_DEATHS && code === 1)
        process.stderr.write(`${name}: ${this.#lastLines.join('\n')}\n`);
      const isHopeless = this.#deaths > HOPELESS_DEATHS;
      const delay = isHopeless
        ? HOPELESS_RESTART_MS
        : Math.min(MAX_RESTART_MS, RESTART_MS * 2 ** this.#deaths);
      if (!isHopeless) process.stderr.write(`${name} ended (${signal ?? code}); starting it again.\n`);
      setTimeout(() => {
        if (!this.#stopping && child === this.#child) this.#spawn();
      }, delay);
    });
    return child;
  }

  /** As a deploy ends it: it may hand over what it has, for a while. */
  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), this.#program.graceMs + STOP_MS);
    await gone;
    clearTimeout(hard);
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
