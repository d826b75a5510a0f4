import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { connect } from 'node:net';
import { until } from './wait.ts';

export interface Command {
  name: string;
  args: string[];
  port: number;
  /** Where it is started, if not where this process was. */
  cwd?: string;
  logFile: string;
  /** The environment of the process's nth life, from 0. */
  env: (life: number) => NodeJS.ProcessEnv;
}

/** One server that can be killed and started again on its port. Its output of all lives goes to one file. */
export class ServerProcess {
  readonly name: string;
  readonly #command: Command;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #lives = 0;
  #expected = false;
  #ready = false;
  /** Lives that ended without being killed by us: what a crash looks like. */
  readonly crashes: string[] = [];

  constructor(command: Command) {
    this.name = command.name;
    this.#command = command;
    this.#log = createWriteStream(command.logFile, { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it was started. */
  get lives(): number {
    return this.#lives;
  }

  /** Alive, and its port has answered. */
  get isReady(): boolean {
    return this.#ready && this.#isAlive();
  }

  #isAlive(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when the port answers. Rejects when it never does. */
  async start(): Promise<void> {
    const { args, env, port, name, cwd } = this.#command;
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env(this.#lives) },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#lives += 1;
    this.#expected = false;
    this.#ready = false;
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    child.once('exit', (code, signal) => {
      if (!this.#expected) this.crashes.push(`${name} ended by itself (${signal ?? code})`);
    });
    await until(`${name} listens`, async () => {
      if (!this.#isAlive()) throw new Error(`${name} ended at its start; see ${this.#command.logFile}.`);
      return (await accepts(port)) ? true : null;
    });
    this.#ready = true;
  }

  /** Ends it as a power cut does. Resolves when it is gone. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.#isAlive()) return;
    this.#expected = true;
    this.#ready = false;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** After the last life. */
  close(): void {
    this.#log.end();
  }
}

/** Whether something listens there. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
