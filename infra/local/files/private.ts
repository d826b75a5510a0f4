/** What a server keeps is its owner's: others on the machine read neither databases nor what SQLite lays beside them. */
import { chmodSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const OTHERS = 0o077;
const SUFFIXES = ['', '-wal', '-shm', '-journal', '-seen'];

/** From now on, for all files that this process makes; and a database that exists. */
export function keepPrivate(database?: string): void {
  process.umask(OTHERS);
  if (database === undefined) return;
  for (const suffix of SUFFIXES) if (existsSync(database + suffix)) close(database + suffix);
}

/** A folder with all that is in it. Symbolic links are not followed. */
export function makePrivate(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink()) return;
  close(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) makePrivate(join(path, name));
}

/** Others lose every permission; the owner's stay as they are. */
export function close(path: string): void {
  const { mode } = lstatSync(path);
  if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o777 & ~OTHERS);
}
