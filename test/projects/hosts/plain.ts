import { fork, type ChildProcess } from 'node:child_process';
import type { Project } from '../install.ts';
import { Effects } from './effects.ts';
import type { Host, Rest, Talk } from './host.ts';

type Streamed = Rest & { streamed: string };

interface Reply {
  id: number;
  rest: Streamed;
}

/** Nothing but LangGraph, in a process of its own: what a version can do by itself. */
export class Plain implements Host {
  readonly #effects = new Effects();
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (rest: Streamed) => void>();
  #orders = 0;
  #threads = 0;

  constructor(project: Project) {
    this.#child = fork(project.path('plain.ts'), {
      cwd: project.folder,
      env: { ...process.env, EFFECTS: this.#effects.file },
    });
    this.#child.on('message', ({ id, rest }: Reply) => {
      this.#waiting.get(id)?.(rest);
      this.#waiting.delete(id);
    });
    this.#child.once('exit', (code) => {
      const rest = {
        status: 'failed',
        error: `LangGraph's process ended with ${code}.`,
        streamed: '',
      } as const;
      for (const answer of this.#waiting.values()) answer(rest);
    });
  }

  effects(key: string): Promise<string[]> {
    return this.#effects.of(key);
  }

  start(graph: string, input: unknown, after?: Talk): Promise<Talk> {
    const thread = after?.thread ?? `thread-${(this.#threads += 1)}`;
    let streamed = '';
    let now = this.#order({ graph, thread, input });
    const next = async (order: { input: null; answers?: unknown[] }) => {
      streamed += (await now).streamed;
      now = this.#order({ graph, thread, ...order });
    };
    return Promise.resolve({
      thread,
      rest: () => now,
      answer: (answers) => next({ input: null, answers }),
      goOn: () => next({ input: null }),
      streamed: async () => streamed + (await now).streamed,
    });
  }

  #order(order: object): Promise<Streamed> {
    const id = (this.#orders += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ id, ...order });
    });
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#effects.remove();
  }
}
