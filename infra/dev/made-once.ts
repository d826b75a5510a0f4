import { readFile, writeFile } from 'node:fs/promises';

/** What the file holds, for its owner's eyes only; `made` is put there when there is none. */
export async function madeOnce(path: string, made: string): Promise<string> {
  try {
    await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')).trim();
  }
}
