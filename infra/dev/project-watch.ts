import { parse } from 'node:path';
import { readProject, inProject, type Project } from '../../functions/src/project/config.ts';
import { describedFiles } from './described-files.ts';
import { FileWatch, SETTLE_MS } from './file-watch.ts';
import { onCodeChange } from './reload.ts';

export interface ProjectWatchOptions {
  project: Project;
  /** Where the functions keep what they found out about it. */
  graphsFile: string;
  /** Our own data, which may lie below the project. */
  except: string;
  /** Told which file of the project has changed. */
  onChange: (path: string) => void;
  say: (line: string) => void;
}

/**
 * Notices when the files change that a project's graphs are made of, and no others: a graph may write what it likes. While a
 * graph cannot be loaded for want of a file, that file counts too. Says once which graphs cannot be loaded, and why.
 */
export class ProjectWatch {
  readonly #options: ProjectWatchOptions;
  readonly #modules: FileWatch;
  #project: Project;
  #broken: ReadonlyMap<string, string> = new Map();
  #newCode: Promise<() => Promise<void>> | undefined;
  #updating = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: ProjectWatchOptions) {
    this.#options = options;
    this.#project = options.project;
    this.#modules = new FileWatch((file) => void this.#changed(inProject(this.#project.folder, file)));
    new FileWatch(() => void this.#update()).set([options.graphsFile]);
  }

  /** Resolves when no change from then on is missed. */
  static async start(options: ProjectWatchOptions): Promise<void> {
    await new ProjectWatch(options).#update();
  }

  async #changed(path: string): Promise<void> {
    this.#notify(path);
    // It may name other graphs now. While it cannot be read, the functions say so.
    this.#project = await readProject(this.#project.file).catch(() => this.#project);
    await this.#update();
  }

  #isMissed(path: string): boolean {
    return [...this.#broken.values()].some((reason) => isNamed(path, reason));
  }

  /** Once, when a file is noticed in both ways. */
  #notify(path: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#options.onChange(path), SETTLE_MS);
  }

  #update(): Promise<void> {
    this.#updating = this.#updating.then(() => this.#look());
    return this.#updating;
  }

  async #look(): Promise<void> {
    const { graphsFile, except, say } = this.#options;
    const { files, broken } = await describedFiles(this.#project, graphsFile);
    for (const [id, message] of broken) {
      if (this.#broken.get(id) !== message) say(`The graph "${id}" cannot be run. ${message}`);
    }
    this.#broken = broken;
    this.#modules.set(files);
    if (broken.size > 0) {
      this.#newCode ??= onCodeChange(
        { folder: this.#project.folder, except, onlyNew: (path) => this.#isMissed(path) },
        (path) => this.#notify(path),
      );
      await this.#newCode;
    } else if (this.#newCode !== undefined) {
      const stop = await this.#newCode;
      this.#newCode = undefined;
      await stop();
    }
  }
}

/** Whether the reason names the module: `'./tools/search'` is `tools/search.ts`, or `tools/search/index.ts`. */
export function isNamed(path: string, reason: string): boolean {
  const withoutIndex = (file: string) => file.replace(/[\\/]index(\.\w+)?$/, '');
  const named = reason.split(/['"\s:]+/).filter((word) => /[\\/]/.test(word));
  return named.map((file) => parse(withoutIndex(file)).name).includes(parse(withoutIndex(path)).name);
}
