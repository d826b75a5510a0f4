/**
 * `npm run restore [-- NAME] [--yes]`: puts a stopped installation back to one of its backups, the newest by default. What is there
 * is backed up first, so this can be undone.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { keepPrivate } from '../local/files/private.ts';
import { finishRestore, problemOf, restore } from '../local/backup/restore.ts';
import { dueAt, writeIndex } from '../local/backup/catalog.ts';
import { makeBackup } from '../local/backup/make.ts';
import { bytesOf, listSets, type BackupSet } from '../local/backup/set.ts';
import { databaseFolder, sourcesOf } from './moving/installation.ts';
import { ownStores } from './moving/stores.ts';
import { argumentsOrExit, fail, print, settingsOrExit, warn } from './moving/terminal.ts';
import { size, span } from './moving/words.ts';
import { takeFolder } from './one-at-a-time.ts';

const USAGE = 'Usage: npm run restore [-- NAME] [--yes]   (npm run backup -- --list shows the names)';

const { name, yes } = argumentsOrExit(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { yes: { type: 'boolean' } },
  });
  if (positionals.length > 1) throw new Error('Name one backup.');
  return { name: positionals[0], yes: values.yes === true };
});
keepPrivate();
const settings = settingsOrExit();
const db = databaseFolder(settings);
const { folder, everyHours } = settings.backups;

try {
  await takeFolder(settings.data);
  await finishRestore(db);
  const set = await chosen();
  const stores = ownStores(settings).filter(({ file }) => set.files.some((held) => held.name === file));
  const problem = await problemOf(
    folder,
    set,
    stores.map(({ file }) => file),
  );
  if (problem !== null) fail(`The backup ${set.name} is not good (${problem}). Choose another one.`);
  await confirm(set);
  const saved = await savePresent(stores.map(({ file }) => file));
  const aside = await restore(db, folder, set, stores);
  // The backup holds the same, and has passed its check.
  if (saved !== null) await rm(aside, { recursive: true, force: true });
  else if (existsSync(aside)) print(`What was there lies in ${aside}.`);
  print(`Restored ${set.name}, as it was at ${set.at}. Start it with "npm start".`);
  if (saved !== null) print(`To undo this: npm run restore -- ${saved}`);
} catch (error) {
  fail(error);
}

async function chosen(): Promise<BackupSet> {
  const sets = await listSets(folder);
  const set = name === undefined ? sets[0] : sets.find((one) => one.name === name);
  if (set === undefined) {
    return fail(
      name === undefined ? `There are no backups in ${folder}.` : `There is no backup ${name} in ${folder}.`,
    );
  }
  return set;
}

async function confirm(set: BackupSet): Promise<void> {
  const age = span(Date.now() - Date.parse(set.at));
  print(
    `${set.name} (${size(bytesOf(set))}) is ${age} old. What was stored in ${settings.data} since then will not be there.`,
  );
  if (yes) return;
  if (!process.stdin.isTTY) fail('Nothing was changed. Say --yes to restore without being asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Restore it? (yes/no) ');
  terminal.close();
  if (answer.trim().toLowerCase() !== 'yes') fail('Nothing was changed.');
}

/** The name of the backup of what is there now. Null when there is nothing, or nothing that can be copied whole. */
async function savePresent(files: readonly string[]): Promise<string | null> {
  if (!files.every((file) => existsSync(join(db, file)))) return null;
  try {
    // None is removed for it: the one to be restored may be the next to go.
    const { name } = await makeBackup(folder, 'manual', await sourcesOf(settings));
    const sets = await listSets(folder);
    await writeIndex(folder, sets, dueAt(sets, everyHours, Date.now()));
    return name;
  } catch (error) {
    warn(`What is there cannot be backed up (${error instanceof Error ? error.message : String(error)}).`);
    return null;
  }
}
