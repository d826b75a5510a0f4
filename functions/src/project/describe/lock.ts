import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing } from '../../lib/unless-missing.ts';

/** The owner says that it lives so often, and is taken for dead after the other. Milliseconds. */
const BEAT_MS = 2_000;
const STALE_MS = 15_000;

/**
 * Takes the lock, a file that holds the owner's process id, or returns undefined while another process has it. That of a
 * dead process is taken over. Should two processes take it over in the same moment, both describe the same graphs: more
 * work, and the same result.
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isStale(path)) await rm(path, { force: true });
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
  const beat = setInterval(() => {
    const now = new Date();
    // Whoever removed it describes the graphs himself.
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
}

async function isStale(path: string): Promise<boolean> {
  const found = await unlessMissing(stat(path));
  if (found === undefined) return false;
  if (Date.now() - found.mtimeMs > STALE_MS) return true;
  const pid = Number(await unlessMissing(readFile(path, 'utf8')));
  return Number.isInteger(pid) && pid > 0 && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
