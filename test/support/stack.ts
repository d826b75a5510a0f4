import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { administratorOf } from '../../infra/dev/secret/installation-secret.ts';
import { PARTS } from '../../infra/dev/ports.ts';
import { PLENTY } from './plenty.ts';
import { newUser } from './new-user.ts';
import { freePort } from './ports.ts';
import { until } from './wait.ts';

const START = fileURLToPath(new URL('../../infra/dev/start.ts', import.meta.url));
/** Whatever ends the tests, an installation does not outlive them. */
const END_WITH_PARENT = new URL('../../infra/dev/end-with-parent.ts', import.meta.url).href;
const GRAPHS = fileURLToPath(new URL('../graphs/langgraph.json', import.meta.url));
/** What one installation finds out about those graphs, the next need not. */
const DESCRIBED = fileURLToPath(new URL('../../node_modules/.cache/longrun-graphs.json', import.meta.url));
/** How long a part of an installation that is thrown away may take to end. Milliseconds. */
const GRACE_MS = 3_000;

const running = new Set<Stack>();

export interface Addresses {
  edge: string;
  api: string;
  firestore: string;
  identity: string;
  worker: string;
  project: string;
  /** What an administrator of its stores sends as `authorization`. */
  administrator: string;
}

/** The whole product as `npm start` runs it: real processes, real protocols, a data folder of its own. */
export class Stack {
  readonly data: string;
  #process: ChildProcess | undefined;
  #output = '';
  #addresses: Addresses | undefined;

  readonly #settings: Record<string, string>;

  private constructor(data: string, settings: Record<string, string>) {
    this.data = data;
    this.#settings = settings;
  }

  /** `settings` are environment variables, as in `WORKER_DEADLINE_S`. */
  static async start(settings: Record<string, string> = {}): Promise<Stack> {
    const stack = new Stack(await mkdtemp(join(tmpdir(), 'longrun-')), settings);
    const ports: Record<string, number> = {};
    for (const part of PARTS) ports[part] = await freePort();
    // As if it had chosen them at an earlier start.
    await writeFile(join(stack.data, 'ports.json'), JSON.stringify(ports));
    running.add(stack);
    await stack.restart();
    return stack;
  }

  get at(): Addresses {
    if (this.#addresses === undefined) throw new Error('The stack is not running.');
    return this.#addresses;
  }

  /** What `npm start` has printed since it started. */
  get output(): string {
    return this.#output;
  }

  /** Starts again on the same data and ports. */
  async restart(): Promise<void> {
    const port = this.#addresses === undefined ? '0' : new URL(this.#addresses.edge).port;
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, START], {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        PORT: port,
        LONGRUN_DATA: this.data,
        LANGGRAPH_CONFIG: GRAPHS,
        ...(this.#settings['LANGGRAPH_CONFIG'] === undefined ? { GRAPHS_FILE: DESCRIBED } : {}),
        ...PLENTY,
        ...this.#settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    await until('Longrun starts', () => {
      if (child.exitCode !== null) throw new Error(`Longrun ended at its start:\n${this.#output}`);
      return this.#output.includes('Longrun is running at') ? true : null;
    });
    const addresses = JSON.parse(await readFile(join(this.data, 'addresses.json'), 'utf8')) as Addresses;
    const administrator = `Bearer ${await administratorOf(this.data)}`;
    this.#addresses = { ...addresses, administrator };
  }

  async pid(part: string): Promise<number> {
    const pid = (await this.#pids())[part];
    if (pid === undefined) throw new Error(`There is no process for ${part}.`);
    return pid;
  }

  async kill(part: string): Promise<void> {
    process.kill(await this.pid(part), 'SIGKILL');
  }

  /** The end of every process at once, as when the machine loses power. */
  async killAll(): Promise<void> {
    const pids = Object.values(await this.#pids());
    this.#process?.kill('SIGKILL');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('every process is gone', () => (pids.some(isAlive) ? null : true));
  }

  async #pids(): Promise<Record<string, number>> {
    return JSON.parse(await readFile(join(this.data, 'pids.json'), 'utf8')) as Record<string, number>;
  }

  get #isRunning(): boolean {
    const child = this.#process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Stops cleanly and keeps the data. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && this.#isRunning) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
  }

  /** What it and its parts have written so far, in `folder`. */
  async keepLogs(folder: string): Promise<void> {
    await cp(join(this.data, 'logs'), folder, { recursive: true });
    await writeFile(join(folder, 'start.log'), this.#output);
  }

  /** Ends everything at once, without the order and the backup of a stop, and removes the data. */
  async close(): Promise<void> {
    running.delete(this);
    if (this.#isRunning) {
      const { supervisor: _, ...pids } = await this.#pids();
      this.#process?.kill('SIGKILL');
      const servers = ['firestore', 'tasks', 'identity', 'trace'];
      const isServer = ([part]: [string, number]) => servers.includes(part);
      const ends = Object.entries(pids);
      await endAll(ends.filter((each) => !isServer(each)));
      await endAll(ends.filter(isServer));
    }
    await rm(this.data, { recursive: true, force: true, maxRetries: 10 });
  }

  /** An ID token of a new anonymous user. */
  newUser(): Promise<{ token: string; uid: string }> {
    return newUser(this.at.identity);
  }
}

/** Those that were started by this process and not closed yet. */
export function runningStacks(): readonly Stack[] {
  return [...running];
}

/** What ends by itself leaves what it has compiled to the next installation. */
async function endAll(parts: readonly (readonly [string, number])[]): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    for (const [, pid] of parts) if (isAlive(pid)) process.kill(pid, name);
  };
  signal('SIGTERM');
  const hard = setTimeout(() => signal('SIGKILL'), GRACE_MS);
  await until('the processes are gone', () => (parts.some(([, pid]) => isAlive(pid)) ? null : true));
  clearTimeout(hard);
}

/** Whether there is a process of that id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
