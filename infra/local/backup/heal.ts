/** At a start, before any server: what is missing or damaged comes back from the newest backup that is good. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from './inspect.ts';
import { finishRestore, problemOf, restore, type Store } from './restore.ts';
import { listSets, type BackupSet } from './set.ts';

export interface Healed {
  file: string;
  /** `is missing`, `is empty`, or `is damaged (...)`. */
  was: string;
  from: BackupSet;
  /** Where the damaged file lies now. */
  aside: string;
  /** Backups that were newer, but not good, and why. */
  passedOver: string[];
}

const MISSING = 'is missing';
const EMPTY = 'is empty';
const isNew = (was: string | null): boolean => was === MISSING || was === EMPTY;

/**
 * Each database is looked at on its own: one that is whole stays as it is, for it is newer than any backup. Throws when a
 * database is damaged and no backup can replace it: an installation never starts empty in place of one that was not. One
 * that is missing while there are no backups is simply a first start.
 */
export async function heal(folder: string, backups: string, stores: readonly Store[]): Promise<Healed[]> {
  await finishRestore(folder);
  const states = await Promise.all(
    stores.map(async (store) => ({ store, was: await stateOf(folder, store) })),
  );
  const broken = states.filter(({ was }) => was !== null);
  if (broken.length === 0) return [];
  const sets = await listSets(backups);
  const healed: Healed[] = [];
  for (const { store, was } of broken) {
    const path = join(folder, store.file);
    const passedOver: string[] = [];
    const from = await newestGood(backups, sets, store.file, passedOver);
    if (from === null) {
      if (isNew(was) && passedOver.length === 0) continue;
      throw new Error(
        `${path} ${was}, and no backup in ${backups} can replace it` +
          `${passedOver.length === 0 ? '' : ` (${passedOver.join('; ')})`}. ` +
          'Put a good copy in its place, or move it away to start without what it held.',
      );
    }
    const aside = await restore(folder, backups, from, [store]);
    healed.push({ file: store.file, was: was ?? '', from, aside, passedOver });
  }
  return healed;
}

/** Null: it is whole. SQLite makes a new database where there is none, and of an empty file. */
async function stateOf(folder: string, { file }: Store): Promise<string | null> {
  const path = join(folder, file);
  if (!existsSync(path)) return MISSING;
  const { problem } = await inspect({ kind: 'live', file: path });
  if (problem === 'it is empty' || problem === 'it holds no tables') return EMPTY;
  return problem === null ? null : `is damaged (${problem})`;
}

async function newestGood(
  backups: string,
  sets: readonly BackupSet[],
  file: string,
  passedOver: string[],
): Promise<BackupSet | null> {
  for (const set of sets) {
    if (!set.files.some(({ name }) => name === file)) continue;
    const problem = await problemOf(backups, set, [file]);
    if (problem === null) return set;
    passedOver.push(`${set.name}: ${problem}`);
  }
  return null;
}
