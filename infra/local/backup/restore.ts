/**
 * Puts databases of a backup in place of what is there, all of them or none: first the new files are laid beside the old
 * ones, then a note of what is to be done is written, then it is done. Whoever finds the note (`finishRestore`) does the rest.
 */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { flush, writeDurably } from './durable.ts';
import { inspect } from './inspect.ts';
import type { BackupSet } from './set.ts';

/** A database file of the installation. */
export interface Store {
  file: string;
  /** Makes the restored file one that nobody has seen: what clients know of the lost time is worthless. */
  renew?: (file: string) => void;
}

interface Note {
  files: string[];
  /** Folder, below the databases', for what was there. */
  aside: string;
}

const NOTE = 'restoring.json';
const STAGED = '.restored';
/** A database, what SQLite keeps beside it, and its witness. */
const SUFFIXES = ['', '-wal', '-shm', '-journal', '-seen'];

/** Null: every file of the set is as it was when it was made. Otherwise what is wrong. */
export async function problemOf(
  backups: string,
  set: BackupSet,
  files: readonly string[],
): Promise<string | null> {
  for (const file of files) {
    const expected = set.files.find(({ name }) => name === file);
    if (expected === undefined) return `it does not hold ${file}`;
    try {
      const { problem, sha256 } = await inspect({ kind: 'copy', file: join(backups, set.name, file) });
      if (problem !== null) return `${file}: ${problem}`;
      if (sha256 !== expected.sha256) return `${file} is not what was written`;
    } catch (error) {
      return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return null;
}

/**
 * Restores the stores' files from the set, which must have passed `problemOf`. What was there is moved to the folder that is
 * returned, below `folder`; nothing is deleted. No server may have the files open.
 */
export async function restore(
  folder: string,
  backups: string,
  set: BackupSet,
  stores: readonly Store[],
  now: Date = new Date(),
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { file, renew } of stores) {
    const staged = join(folder, file + STAGED);
    await rm(staged, { force: true });
    await copyFile(join(backups, set.name, file), staged, constants.COPYFILE_FICLONE);
    renew?.(staged);
    await flush(staged);
  }
  const aside = `replaced-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  const note: Note = { files: stores.map(({ file }) => file), aside };
  await writeDurably(join(folder, NOTE), JSON.stringify(note));
  await flush(folder);
  await carryOut(folder, note);
  return join(folder, aside);
}

/** What an interrupted restore left: finished when it was decided, removed when not. */
export async function finishRestore(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const names = await readdir(folder);
  // A note that was being written decided nothing.
  for (const name of names) {
    if (name.startsWith(`${NOTE}.`)) await rm(join(folder, name), { force: true });
  }
  if (names.includes(NOTE)) {
    // Only `restore` writes it, and as a whole.
    await carryOut(folder, JSON.parse(await readFile(join(folder, NOTE), 'utf8')) as Note);
    return;
  }
  for (const name of names) {
    if (name.includes(STAGED)) await rm(join(folder, name), { force: true });
  }
}

/** Can be done again from any point at which it was stopped. */
async function carryOut(folder: string, { files, aside }: Note): Promise<void> {
  await mkdir(join(folder, aside), { recursive: true });
  for (const file of files) {
    const staged = join(folder, file + STAGED);
    if (!existsSync(staged)) continue; // done before it was stopped
    // The log first: beside a new database an old one would be damage.
    for (const suffix of SUFFIXES.toReversed()) {
      const old = file + suffix;
      if (existsSync(join(folder, old))) await rename(join(folder, old), join(folder, aside, old));
    }
    await flush(folder);
    await rename(staged, join(folder, file));
  }
  await flush(folder);
  await rm(join(folder, NOTE), { force: true });
}
