import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../../support/ports.ts';
import { ServerProcess } from '../../support/process.ts';
import { install, projectsFolder, type Project } from '../install.ts';
import { ownPeer, type Version } from '../versions.ts';
import { Effects } from './effects.ts';
import type { Host, Rest, Talk } from './host.ts';

interface State {
  next: string[];
  values: Record<string, unknown>;
  tasks: { interrupts?: Interrupt[]; error?: unknown }[];
}

interface Interrupt {
  id?: string;
  interrupt_id?: string;
  value?: unknown;
}

/** LangChain's own development server, which is what a project is tried with before it comes here. */
export class Peer implements Host {
  readonly #effects: Effects;
  readonly #server: ServerProcess;
  readonly #folder: string;
  readonly #url: string;

  private constructor(server: ServerProcess, folder: string, url: string, effects: Effects) {
    this.#server = server;
    this.#folder = folder;
    this.#url = url;
    this.#effects = effects;
  }

  /** The server of LANGGRAPH_PEER, a folder with its packages, or else the one that this version works with. */
  static async start(project: Project, version: Version, config = 'langgraph.json'): Promise<Peer> {
    const packages = process.env['LANGGRAPH_PEER'] ?? (await install(ownPeer(version)));
    const folder = await mkdtemp(join(projectsFolder(), 'peer-'));
    const port = await freePort();
    const effects = new Effects();
    const cli = join(packages, 'node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs');
    const server = new ServerProcess({
      name: 'the server of LangChain',
      args: [
        cli,
        'dev',
        '--no-browser',
        '--no-reload',
        '--port',
        String(port),
        '--config',
        project.path(config),
      ],
      port,
      cwd: dirname(project.path(config)),
      logFile: join(folder, 'log.txt'),
      env: () => ({ EFFECTS: effects.file }),
    });
    const peer = new Peer(server, folder, `http://localhost:${port}`, effects);
    try {
      await server.start();
    } catch (error) {
      await peer.close();
      throw error;
    }
    return peer;
  }

  effects(key: string): Promise<string[]> {
    return this.#effects.of(key);
  }

  async start(graph: string, input: unknown, after?: Talk, more: object = {}): Promise<Talk> {
    const thread = after?.thread ?? (await this.#post<{ thread_id: string }>('/threads', {})).thread_id;
    let streamed = '';
    const run = async (what: object): Promise<string | null> => {
      const body = { assistant_id: graph, ...more, ...what, stream_mode: ['messages-tuple'] };
      const { text, error } = readStream(await this.#text('POST', `/threads/${thread}/runs/stream`, body));
      streamed += text;
      return error;
    };
    let running = run({ input });
    return {
      thread,
      rest: async () => {
        const error = await running;
        return error === null ? restOf(await this.#state(thread)) : { status: 'failed', error };
      },
      answer: async (values) => {
        await running;
        running = run({ command: { resume: answerTo(openIn(await this.#state(thread)), values) } });
      },
      goOn: async () => {
        await running;
        running = run({ input: null });
      },
      streamed: async () => {
        await running;
        return streamed;
      },
    };
  }

  async #state(thread: string): Promise<State> {
    return JSON.parse(await this.#text('GET', `/threads/${thread}/state`)) as State;
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    return JSON.parse(await this.#text('POST', path, body)) as T;
  }

  async #text(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text;
  }

  async close(): Promise<void> {
    // The process that serves is a child of the one that was started, and ends with its parent's pipe.
    await this.#server.kill('SIGTERM');
    this.#server.close();
    await this.#effects.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function restOf(state: State): Rest {
  const open = openIn(state);
  if (open.length > 0) return { status: 'asks', questions: open.map(({ value }) => value) };
  if (state.next.length > 0) return { status: 'stopped', next: state.next };
  return { status: 'completed', values: state.values };
}

function openIn(state: State): Interrupt[] {
  return state.tasks.flatMap(({ interrupts }) => interrupts ?? []);
}

function answerTo(open: Interrupt[], values: unknown[]): unknown {
  if (open.length === 1 && values.length === 1) return values[0];
  return Object.fromEntries(open.map((each, i) => [each.id ?? each.interrupt_id ?? '', values[i]]));
}

/** What the model said, and what went wrong. */
function readStream(text: string): { text: string; error: string | null } {
  let said = '';
  let error: string | null = null;
  for (const block of text.split(/\r?\n\r?\n/)) {
    const lines = block.split(/\r?\n/);
    const of = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
    const [event] = of('event');
    const data: unknown = JSON.parse(of('data').join('\n') || 'null');
    if (event === 'error') error = JSON.stringify(data);
    if (event !== 'messages' || !Array.isArray(data)) continue;
    const [message] = data as [{ type?: string; content?: unknown }];
    if (message.type !== 'human') said += String(message.content);
  }
  return { text: said, error };
}
