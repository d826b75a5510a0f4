import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable.ts';
import { superseded, type Retention } from './retention.ts';
import { bytesOf, listSets, type BackupSet } from './set.ts';

const HOUR_MS = 3_600_000;
/** A new installation is not left without one for hours. */
const FIRST_MS = HOUR_MS / 4;

/** When the next is due, in milliseconds since the epoch: counted from the newest, so that restarts do not put it off. */
export function dueAt(sets: readonly BackupSet[], everyHours: number, startedAt: number): number {
  const [newest] = sets;
  const every = everyHours * HOUR_MS;
  return newest === undefined ? startedAt + Math.min(every, FIRST_MS) : Date.parse(newest.at) + every;
}

/** Removes what is superseded; returns what is left, newest first. */
export async function prune(folder: string, now: number, keep: Retention): Promise<BackupSet[]> {
  const sets = await listSets(folder);
  const gone = new Set(superseded(sets, now, keep));
  for (const { name } of gone) await removeSet(folder, name);
  return sets.filter((set) => !gone.has(set));
}

export async function removeSet(folder: string, name: string): Promise<void> {
  // The description goes first: without it the rest is no backup, whatever stops this in the middle.
  await rm(join(folder, name, 'backup.json'), { force: true });
  await rm(join(folder, name), { recursive: true, force: true });
}

/** `index.json`: what is there and when the next is due, for whoever shows it. `nextAt` null: none will be made by itself. */
export async function writeIndex(
  folder: string,
  sets: readonly BackupSet[],
  nextAt: number | null,
): Promise<void> {
  const backups = sets.map((set) => ({ name: set.name, at: set.at, bytes: bytesOf(set), kind: set.kind }));
  await mkdir(folder, { recursive: true });
  const next_at = nextAt === null ? null : new Date(nextAt).toISOString();
  await writeDurably(join(folder, 'index.json'), `${JSON.stringify({ backups, next_at }, null, 2)}\n`);
}
