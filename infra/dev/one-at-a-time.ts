import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** As long as a part may take to stop, and a little more. Milliseconds. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 100;

/** What `pids.json` in the data folder says: the supervisor, and the processes that it started. */
export type Pids = Record<string, number | undefined>;

/**
 * One data folder belongs to one installation at a time. Resolves when what a killed one left behind has stopped.
 * Throws when one is running.
 */
export async function untilAlone(data: string): Promise<void> {
  const { supervisor, ...parts } = await readPids(data);
  if (isOurs(supervisor, 'start.ts')) {
    throw new Error(`Longrun is already running on ${data} (process ${supervisor}). Stop it first.`);
  }
  const patience = Date.now() + PATIENCE_MS;
  while (Object.values(parts).some((pid) => isOurs(pid, 'end-with-parent'))) {
    if (Date.now() > patience) {
      const left = Object.values(parts).filter((pid) => isOurs(pid, 'end-with-parent'));
      throw new Error(`Processes of an earlier start do not stop: ${left.join(', ')}. End them first.`);
    }
    await setTimeout(EVERY_MS);
  }
}

async function readPids(data: string): Promise<Pids> {
  try {
    return JSON.parse(await readFile(join(data, 'pids.json'), 'utf8')) as Pids;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Numbers of processes are used again, so the command is looked at as well. */
function isOurs(pid: number | undefined, command: string): boolean {
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return false;
  const shown = spawnSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
  // Without `ps` nothing can be told, and a start must not fail for that.
  if (shown.error !== undefined) return false;
  return shown.stdout.includes(command) && !shown.stdout.trimStart().startsWith('Z');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
