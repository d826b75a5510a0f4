import { open, rename, writeFile } from 'node:fs/promises';

/** A file or a folder is on disk, with all that was written to it. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Windows has no such thing for folders.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  } finally {
    await handle.close();
  }
}

/** Replaces the file as a whole, or not at all; its owner alone reads it. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.new`;
  await writeFile(next, text, { flush: true, mode: 0o600 });
  await rename(next, path);
}
