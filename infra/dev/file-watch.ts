import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

/** An editor writes several files at a time, or a new one in place of the old. Milliseconds. */
export const SETTLE_MS = 150;

/** Notices changes of certain files, those that do not exist yet too, and of nothing else. */
export class FileWatch {
  readonly #onChange: (file: string) => void;
  readonly #folders = new Map<string, FSWatcher>();
  /** File -> its state when it was last looked at. */
  #files = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange is called once for a burst of changes, with the last file */
  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange;
  }

  set(files: readonly string[]): void {
    this.#files = new Map(files.map((file) => [file, this.#files.get(file) ?? stateOf(file)]));
    const folders = new Set(files.map((file) => dirname(file)));
    for (const folder of this.#folders.keys()) if (!folders.has(folder)) this.#close(folder);
    for (const folder of folders) this.#open(folder);
  }

  /** A folder is watched, since a file that is replaced is another one afterwards. */
  #open(folder: string): void {
    if (this.#folders.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => {
        // Where the system does not say which file it was, it may be any.
        if (name === null) for (const file of this.#files.keys()) this.#look(file);
        else this.#look(join(folder, name));
      });
      watcher.on('error', () => this.#close(folder));
      this.#folders.set(folder, watcher);
    } catch {
      // There is no such folder; whoever makes it changes a file that names it.
    }
  }

  /** A change of who may read it is reported too. */
  #look(file: string): void {
    const before = this.#files.get(file);
    const now = stateOf(file);
    if (before === undefined || before === now) return;
    this.#files.set(file, now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onChange(file), SETTLE_MS);
  }

  #close(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }
}

function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}
