import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { close } from '../files/private.ts';
import { flush, writeDurably } from './durable.ts';
import { inspect } from './inspect.ts';
import { setName, type BackupSet, type Kind } from './set.ts';

/** One database; `copy` writes a consistent copy of it to a file that is not there yet. */
export interface Source {
  /** As its file is called in the set. */
  name: string;
  copy: (to: string) => Promise<void>;
}

const UNFINISHED = /^\.making-(\d+)-/;

/**
 * Copies the databases one after the other, in the order given, and checks each copy in full. The set appears in the folder
 * when all of them are good and on disk, or not at all. Rejects when one could not be made or does not pass.
 */
export async function makeBackup(
  folder: string,
  kind: Kind,
  sources: readonly Source[],
  now: () => Date = () => new Date(),
): Promise<BackupSet> {
  await mkdir(folder, { recursive: true });
  await removeUnfinished(folder);
  const started = setName(now(), kind);
  const making = join(folder, `.making-${process.pid}-${started}`);
  await mkdir(making, { mode: 0o700 });
  try {
    for (const { name, copy } of sources) {
      await copy(join(making, name));
      close(join(making, name));
    }
    const at = now();
    const files = await Promise.all(sources.map(({ name }) => checked(making, name)));
    const set = { name: setName(at, kind), at: at.toISOString(), kind, files };
    await writeDurably(join(making, 'backup.json'), JSON.stringify(set, null, 2));
    await flush(making);
    await rename(making, join(folder, set.name));
    await flush(folder);
    return set;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

/** Throws when the copy is not a good one. */
async function checked(folder: string, name: string): Promise<BackupSet['files'][number]> {
  const { problem, bytes, sha256 } = await inspect({ kind: 'copy', file: join(folder, name) });
  if (problem !== null) throw new Error(`The copy of ${name} does not pass the check: ${problem}`);
  return { name, bytes, sha256 };
}

/** What a process that died while it made a backup left behind. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(UNFINISHED.exec(basename(name))?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
