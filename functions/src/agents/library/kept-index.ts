import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsPlainObject } from 'minisearch';
import * as z from 'zod';
import type { Found } from './files.ts';
import type { LibraryDocument, Problem } from './load.ts';

/** Changes with everything that decides what is found: how documents are read, cut, named and indexed. */
const FORMAT = 1;

/** All that was made of the files. */
export interface Kept {
  documents: LibraryDocument[];
  problems: readonly Problem[];
  /** How many passages hold each term. */
  holding: [term: string, passages: number][];
  index: AsPlainObject;
}

const passage = z.object({ n: z.number(), text: z.string(), heading: z.string().exactOptional() });
const keptSchema = z.object({
  state: z.string(),
  documents: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      about: z.string(),
      text: z.string(),
      format: z.enum(['markdown', 'text', 'html', 'pdf']),
      passages: z.array(passage),
    }),
  ),
  problems: z.array(z.object({ id: z.string(), reason: z.string() })),
  holding: z.array(z.tuple([z.string(), z.number()])),
  index: z.custom<AsPlainObject>((value) => typeof value === 'object' && value !== null),
});

/** What the files are like: the same files, of the same size and time, make the same index. */
export async function stateOf(files: readonly Found[]): Promise<string> {
  const hash = createHash('sha256').update(`format ${FORMAT}`);
  for (const { id, path } of files) {
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: -1, mtimeMs: -1 }));
    hash.update(JSON.stringify([id, size, mtimeMs]));
  }
  return hash.digest('hex');
}

/** The index in a file, so that a process that starts need not make it anew. */
export class KeptIndex {
  readonly #folder: string;
  readonly #path: string;
  readonly #state: string;

  constructor(folder: string, state: string) {
    this.#folder = folder;
    this.#path = join(folder, 'library.json');
    this.#state = state;
  }

  /** Undefined when there is none, of other files, or one that cannot be read. */
  async read(): Promise<Kept | undefined> {
    try {
      const kept = keptSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return kept.state === this.#state ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** A disk that is full costs time at the next start, and nothing else. */
  async write(made: Kept): Promise<void> {
    const half = `${this.#path}.${process.pid}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(half, JSON.stringify({ state: this.#state, ...made }), { mode: 0o600 });
      await rename(half, this.#path);
    } catch (error) {
      process.emitWarning(`The library's index could not be kept: ${String(error)}`);
    }
  }
}
