import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { log } from '../../telemetry/log.ts';
import type { Project } from '../config.ts';
import { describeGraphs } from './describe.ts';
import type { Description } from './description.ts';
import { KeptDescriptions } from './kept.ts';
import { takeLock } from './lock.ts';

/** While another process describes the graphs, the file is looked at so often. Milliseconds. */
const LOOK_MS = 100;

/** Which graphs are to be described, seeing what is known by now. */
type Pick = (known: Record<string, Description>) => string[];

/** Has graphs described, one process at a time on this machine, and keeps what is found out as soon as it is. */
export class Describer {
  readonly #project: Project;
  readonly #limitMs: number;
  readonly #path: string;
  readonly #kept: KeptDescriptions;
  readonly #changed = new EventEmitter().setMaxListeners(0);
  #queue: Promise<unknown> = Promise.resolve();

  constructor(project: Project, path: string, limitMs: number) {
    this.#project = project;
    this.#path = path;
    this.#limitMs = limitMs;
    this.#kept = new KeptDescriptions(project, path);
  }

  /** What is known of this version of the project. */
  async known(): Promise<Record<string, Description>> {
    return (await this.#kept.read()).graphs;
  }

  /** Resolves when nothing is left of what `pick` names, whichever process describes it. */
  make(pick: Pick): Promise<void> {
    const made = this.#queue.then(() => this.#underLock(pick));
    this.#queue = made.catch(() => undefined);
    return made.finally(() => this.#changed.emit('changed'));
  }

  /** What `find` finds, as soon as it does, or when `making` has ended. */
  async until(making: Promise<void>, find: () => Promise<Description | undefined>) {
    let ended = false;
    const ending = making.finally(() => (ended = true));
    for (;;) {
      const changed = once(this.#changed, 'changed');
      const found = await find();
      if (found !== undefined || ended) return found;
      await Promise.race([changed, ending]);
    }
  }

  async #underLock(pick: Pick): Promise<void> {
    while (pick(await this.known()).length > 0) {
      const unlock = await takeLock(`${this.#path}.lock`);
      if (unlock !== undefined) {
        try {
          return await this.#describe(pick(await this.known()));
        } finally {
          await unlock();
        }
      }
      await pause(LOOK_MS);
      this.#changed.emit('changed');
    }
  }

  async #describe(ids: string[]): Promise<void> {
    const { files, graphs } = structuredClone(await this.#kept.read());
    let written = Promise.resolve();
    const next = (step: () => Promise<void>) => {
      written = written.then(step);
    };
    await describeGraphs({
      project: this.#project,
      ids,
      limitMs: this.#limitMs,
      onFile: (file) =>
        next(async () => {
          files[file] ??= await this.#kept.hash(file);
        }),
      onDescribed: (description) => {
        const { id, error } = description;
        if (error !== undefined) log.warn(`The graph "${id}" cannot be run.`, { error: error.message });
        next(async () => {
          graphs[id] = description;
          await this.#kept.write({ format: 2, files, graphs });
          this.#changed.emit('changed');
        });
      },
    });
    await written;
  }
}
