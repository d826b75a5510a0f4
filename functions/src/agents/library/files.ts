import { constants } from 'node:fs';
import { open, opendir, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';

export interface Found {
  /** Path below the root, with forward slashes. */
  id: string;
  path: string;
}

export interface WalkOptions {
  wanted: (name: string) => boolean;
  /** Folders that are entered, by name. */
  enter: (name: string) => boolean;
  /** At most this many files. */
  limit: number;
  problem: (id: string, reason: string) => void;
}

const MAX_DEPTH = 24;

/** Files below a folder, sorted within each folder. Symbolic links are never followed: they may lead out of it. */
export async function* walk(root: string, options: WalkOptions): AsyncGenerator<Found> {
  const base = await realpath(root);
  let count = 0;
  const stack = [{ id: '', depth: 0 }];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    const { files, folders } = await list(base, folder.id, options);
    for (const name of files) {
      if (count >= options.limit) {
        options.problem(folder.id, `There are more than ${options.limit} files; the rest is left out.`);
        return;
      }
      count += 1;
      const id = posix.join(folder.id, name);
      yield { id, path: join(base, id) };
    }
    if (folder.depth < MAX_DEPTH) {
      const depth = folder.depth + 1;
      for (const name of folders.toReversed()) stack.push({ id: posix.join(folder.id, name), depth });
    }
  }
}

async function list(base: string, id: string, options: WalkOptions) {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(join(base, id))) {
      if (entry.isDirectory() && options.enter(entry.name)) folders.push(entry.name);
      else if (entry.isFile() && options.wanted(entry.name)) files.push(entry.name);
      else if (entry.isSymbolicLink() && options.wanted(entry.name)) {
        options.problem(posix.join(id, entry.name), 'It is a symbolic link.');
      }
    }
  } catch (error) {
    options.problem(id, error instanceof Error ? error.message : String(error));
  }
  return { files: files.sort(), folders: folders.sort() };
}

/** Reads a regular file of at most `limit` bytes. Throws otherwise, also when it has become a link meanwhile. */
export async function readBounded(path: string, limit: number): Promise<Uint8Array> {
  // O_NONBLOCK: a named pipe put in the file's place must not block the open.
  const file = await open(
    path,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('It is not a file.');
    if (stat.size > limit) throw new Error(`It has ${stat.size} bytes; at most ${limit} are read.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
