import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** As long as a part may take to stop, and a little more. Milliseconds. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 100;
/** The programs that take a data folder for themselves. */
const OWNERS = /\b(?:start|backup|restore|export|import)\.ts\b/;
const PARTS = /end-with-parent/;

/** What `pids.json` in the data folder says: the supervisor, and the processes that it started. */
export type Pids = Record<string, number | undefined>;

/**
 * One data folder belongs to one installation at a time. Resolves when what a killed one left behind has stopped.
 * Throws when one is running.
 */
async function untilAlone(data: string): Promise<void> {
  const { supervisor, ...parts } = await readPids(data);
  if (isOurs(supervisor, OWNERS)) {
    throw new Error(`Longrun is already running on ${data} (process ${supervisor}). Stop it first.`);
  }
  const patience = Date.now() + PATIENCE_MS;
  while (Object.values(parts).some((pid) => isOurs(pid, PARTS))) {
    if (Date.now() > patience) {
      const left = Object.values(parts).filter((pid) => isOurs(pid, PARTS));
      throw new Error(`Processes of an earlier start do not stop: ${left.join(', ')}. End them first.`);
    }
    await setTimeout(EVERY_MS);
  }
}

/** As `untilAlone`; from then on, and until this process ends, the folder is this process's. */
export async function takeFolder(data: string): Promise<void> {
  await untilAlone(data);
  await mkdir(data, { recursive: true });
  const pids: Pids = { supervisor: process.pid };
  await writeFile(join(data, 'pids.json'), JSON.stringify(pids));
}

/** Whether `npm start` is running on the folder. */
export async function isRunning(data: string): Promise<boolean> {
  return isOurs((await readPids(data))['supervisor'], /\bstart\.ts\b/);
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
function isOurs(pid: number | undefined, command: RegExp): boolean {
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return false;
  const shown = spawnSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
  // Without `ps` nothing can be told, and a start must not fail for that.
  if (shown.error !== undefined) return false;
  return command.test(shown.stdout) && !shown.stdout.trimStart().startsWith('Z');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
