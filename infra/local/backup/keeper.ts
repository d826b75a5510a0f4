import { dueAt, prune, writeIndex } from './catalog.ts';
import { makeBackup, type Source } from './make.ts';
import type { Retention } from './retention.ts';
import { listSets, type BackupSet, type Kind } from './set.ts';

export interface KeeperOptions {
  folder: string;
  everyHours: number;
  keep: Retention;
  /** Told, in one line for a person, of a backup that failed. */
  onFailure: (message: string) => void;
}

const LOOK_MS = 15_000;
const RETRY_MS = 600_000;

/** Makes backups when they are due, for as long as an installation runs. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #notBefore = 0;
  #written = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** From now on `sources` are copied when it is time. */
  start(sources: readonly Source[]): void {
    const look = (): void => void this.#inTurn(() => this.#look(sources));
    this.#timer = setInterval(look, LOOK_MS);
    look();
  }

  /** Makes no more by itself. Resolves when one that is being made is finished. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
  }

  /** Null when it failed; `onFailure` was told why, and all earlier ones are as they were. */
  async make(kind: Kind, sources: readonly Source[]): Promise<BackupSet | null> {
    return this.#inTurn(() => this.#make(kind, sources));
  }

  /** Others may have made or removed some meanwhile, so the folder is read each time. */
  async #look(sources: readonly Source[]): Promise<void> {
    const { folder, everyHours } = this.#options;
    const now = Date.now();
    const due = dueAt(await listSets(folder), everyHours, this.#startedAt);
    if (now < Math.max(due, this.#notBefore)) return this.#writeIndex(Math.max(due, this.#notBefore));
    const made = await this.#make('scheduled', sources);
    if (made === null) await this.#writeIndex(this.#notBefore);
  }

  async #make(kind: Kind, sources: readonly Source[]): Promise<BackupSet | null> {
    const { folder, everyHours, keep, onFailure } = this.#options;
    try {
      const made = await makeBackup(folder, kind, sources);
      const left = await prune(folder, Date.now(), keep);
      await this.#writeIndex(dueAt(left, everyHours, this.#startedAt));
      return made;
    } catch (error) {
      this.#notBefore = Date.now() + RETRY_MS;
      onFailure(`The ${kind} backup failed: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async #writeIndex(nextAt: number): Promise<void> {
    const sets = await listSets(this.#options.folder);
    const state = JSON.stringify([sets.map(({ name }) => name), nextAt]);
    if (state === this.#written) return;
    await writeIndex(this.#options.folder, sets, nextAt);
    this.#written = state;
  }

  /** One at a time, whoever asks; a failure is told, never thrown. */
  #inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    const next = this.#last.then(work).catch((error: unknown) => {
      this.#options.onFailure(`The backups cannot be kept: ${String(error)}`);
      return null;
    });
    this.#last = next;
    return next;
  }
}
