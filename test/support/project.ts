import { readFile, rm, writeFile } from 'node:fs/promises';
import { isTerminal, type Json, type Run, type RunEvent } from '@longrun/shared';
import { Effects } from '../projects/hosts/effects.ts';
import type { Host, Rest, Talk } from '../projects/hosts/host.ts';
import type { Project } from '../projects/install.ts';
import { Api } from './api.ts';
import { violations } from './installation.ts';
import { Stack } from './stack.ts';
import { until } from './wait.ts';

/** A project as Longrun serves it: an installation of its own, in a fresh data folder. */
export class Served implements Host {
  readonly project: Project;
  readonly stack: Stack;
  readonly api: Api;
  /** A node of the graph `gates` that fails does so until this file is there. */
  readonly mended: string;
  readonly #effects: Effects;

  private constructor(project: Project, stack: Stack, api: Api, effects: Effects) {
    this.project = project;
    this.stack = stack;
    this.api = api;
    this.#effects = effects;
    this.mended = mendedFile(effects);
  }

  /** `config` is the name of its langgraph.json, if it is not that. */
  static async start(project: Project, config = 'langgraph.json'): Promise<Served> {
    const effects = new Effects();
    const stack = await Stack.start({
      LANGGRAPH_CONFIG: project.path(config),
      // Other programs may use every core meanwhile.
      GRAPH_LOAD_TIMEOUT_S: '60',
      EFFECTS: effects.file,
      MENDED: mendedFile(effects),
    });
    const { token } = await stack.newUser();
    return new Served(project, stack, new Api(stack.at.edge, token), effects);
  }

  effects(key: string): Promise<string[]> {
    return this.#effects.of(key);
  }

  async start(graph: string, input: unknown, after?: Talk, more: object = {}): Promise<RunTalk> {
    const run = await this.api.create({
      assistant_id: graph,
      input,
      ...(after === undefined ? {} : { thread_id: after.thread }),
      ...more,
    });
    return new RunTalk(this.api, run);
  }

  /** Does again what failed. */
  async retry(talk: RunTalk): Promise<RunTalk> {
    await writeFile(this.mended, '');
    const { status, body } = await this.api.call<Run>('POST', `/runs/${talk.id}/retry`);
    if (status > 201) throw new Error(`The run was not retried: ${status} ${JSON.stringify(body)}`);
    return new RunTalk(this.api, body);
  }

  /** Resolves when the nodes of that run have done so many things. */
  async reaches(key: string, effects: number): Promise<void> {
    await until(`${key} has done ${effects} things`, async () =>
      (await this.effects(key)).length >= effects ? true : null,
    );
  }

  /** As at a deploy: the worker may hand over what it does. */
  async terminateWorker(): Promise<void> {
    process.kill(await this.stack.pid('worker'), 'SIGTERM');
  }

  /** As in a crash. */
  killWorker(): Promise<void> {
    return this.stack.kill('worker');
  }

  /** As a person who works on the graph. */
  async edit(file: string, change: (text: string) => string): Promise<void> {
    const path = this.project.path(file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  /** What is wrong with any of the runs so far. */
  async violated(): Promise<string[]> {
    return (await violations(this.stack.at)).violated;
  }

  async close(): Promise<void> {
    await this.stack.close();
    await this.#effects.remove();
    await rm(this.mended, { force: true });
  }
}

/** A run of a project that Longrun serves. */
export class RunTalk implements Talk {
  readonly #api: Api;
  readonly id: string;
  readonly thread: string;

  constructor(api: Api, run: Run) {
    this.#api = api;
    this.id = run.run_id;
    this.thread = run.thread_id;
  }

  async run(): Promise<Run> {
    const { status, body } = await this.#api.call<Run>('GET', `/runs/${this.id}`);
    if (status !== 200) throw new Error(`The run cannot be read: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async rest(): Promise<Rest> {
    return restOf(await this.rested());
  }

  /** The run, when nothing of it is executed any more. */
  async rested(): Promise<Run> {
    return await until(`run ${this.id} rests`, async () => {
      const { status, body: run } = await this.#api.call<Run>('GET', `/runs/${this.id}`);
      // The API starts again too when code is edited.
      if (status === 502 || status === 503) return null;
      if (status !== 200) throw new Error(`The run cannot be read: ${status} ${JSON.stringify(run)}`);
      return isTerminal(run.status) || run.status === 'interrupted' ? run : null;
    });
  }

  async answer(values: unknown[]): Promise<void> {
    const { interrupts } = await this.rested();
    await this.#answer(Object.fromEntries(interrupts.map(({ id }, i) => [id, values[i]])));
  }

  async goOn(): Promise<void> {
    const { interrupts } = await this.rested();
    await this.#answer(Object.fromEntries(interrupts.map(({ id }) => [id, true])));
  }

  async #answer(answers: Record<string, unknown>): Promise<void> {
    const { status, body } = await this.#api.call('POST', `/runs/${this.id}/answer`, { answers });
    if (status !== 200) throw new Error(`The answer was refused: ${status} ${JSON.stringify(body)}`);
  }

  async cancel(): Promise<Run> {
    return (await this.#api.call<Run>('POST', `/runs/${this.id}/cancel`)).body;
  }

  /** The log of a run that has ended. */
  events(): Promise<RunEvent[]> {
    return this.#api.events(this.id);
  }

  async streamed(): Promise<string> {
    const pieces = (await this.events()).flatMap((event) =>
      event.type === 'message.delta' ? [event.text] : [],
    );
    return pieces.join('');
  }
}

function restOf({ status, interrupts, output, error }: Run): Rest {
  if (status === 'completed') return { status, values: isRecord(output) ? output : { output } };
  if (status !== 'interrupted') return { status: 'failed', error: `${status} ${JSON.stringify(error)}` };
  const next = interrupts.map(({ value }) => breakpoint(value));
  return next.includes(null)
    ? { status: 'asks', questions: interrupts.map(({ value }) => value) }
    : { status: 'stopped', next: next.flatMap((names) => names ?? []) };
}

/** Before which nodes the run stopped, if it did not ask. */
function breakpoint(value: Json): string[] | null {
  if (!isRecord(value) || !Array.isArray(value['breakpoint'])) return null;
  return value['breakpoint'].map(String);
}

function isRecord(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mendedFile({ file }: Effects): string {
  return `${file}.mended`;
}
