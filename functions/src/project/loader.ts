import { ModuleSpace, type Exports } from './module-space.ts';
import { tooSlow, within } from './within.ts';

/** A module, and the space in which it was loaded. */
export interface LoadedModule {
  exports: Exports;
  space: ModuleSpace;
}

export interface LoaderOptions {
  folder: string;
  /** How long a module may take. Milliseconds. */
  limitMs: number;
  onImport?: (file: string) => void;
  now?: () => number;
}

/** Node keeps a module that failed, and every space that holds it, for ever: so often a project is loaded anew, at most. */
const MAX_SPACES = 6;
/** Before the first time; twice as long before each further one. Milliseconds. */
const PAUSE_MS = 1_000;

let opened = 0;

/** The modules of one project. Its graphs share what they import, so a pool or a cache of the project exists once. */
export class ProjectLoader {
  readonly #options: LoaderOptions;
  readonly #now: () => number;
  readonly #spaces: Promise<ModuleSpace>[] = [];
  readonly #loaded = new Map<string, LoadedModule>();
  readonly #failed = new Map<string, { space: number; at: number; error: unknown }>();

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Throws what the module throws; after a pause it is then loaded anew, with all that it imports. */
  async load(file: string): Promise<LoadedModule> {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known;
    this.#makeRoom(file);
    const number = this.#spaces.length - 1;
    try {
      const space = await this.#newest();
      const { limitMs } = this.#options;
      const exports = await within(limitMs, space.import(file), () => tooSlow(limitMs));
      const module = { exports, space };
      this.#loaded.set(file, module);
      return module;
    } catch (error) {
      this.#failed.set(file, { space: number, at: this.#now(), error });
      throw error;
    }
  }

  /** Files that were imported so far, but for those of packages. */
  async files(): Promise<string[]> {
    const spaces = await Promise.all(this.#spaces);
    const all = spaces.flatMap((space) => space.files());
    return [...new Set(all)].filter((file) => !file.includes('/node_modules/')).sort();
  }

  async #newest(): Promise<ModuleSpace> {
    const space = this.#spaces.at(-1);
    return space === undefined ? await this.#open() : await space;
  }

  #open(): Promise<ModuleSpace> {
    const { folder, onImport } = this.#options;
    opened += 1;
    const space = ModuleSpace.open(folder, `project-${opened}`, onImport);
    this.#spaces.push(space);
    return space;
  }

  /** A new space when the file failed in the newest; throws what it threw while it is too early for that. */
  #makeRoom(file: string): void {
    if (this.#spaces.length === 0) void this.#open();
    const failed = this.#failed.get(file);
    if (failed === undefined || failed.space < this.#spaces.length - 1) return;
    const pause = PAUSE_MS * 2 ** (this.#spaces.length - 1);
    if (this.#spaces.length >= MAX_SPACES || this.#now() < failed.at + pause) throw failed.error;
    void this.#open();
  }
}
