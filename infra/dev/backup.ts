/**
 * `npm run backup [-- --list | --delete NAME]`: backs the installation up, running or not. Ends with 0 when a backup was made and
 * passed its check.
 */
import { parseArgs } from 'node:util';
import { keepPrivate } from '../local/files/private.ts';
import { dueAt, removeSet, writeIndex } from '../local/backup/catalog.ts';
import { bytesOf, isSetName, listSets, type BackupSet } from '../local/backup/set.ts';
import { backUp } from './moving/installation.ts';
import { argumentsOrExit, fail, print, settingsOrExit } from './moving/terminal.ts';
import { size, span } from './moving/words.ts';
import { isRunning, takeFolder } from './one-at-a-time.ts';

const USAGE = 'Usage: npm run backup [-- --list | --delete NAME]';

const { list, remove } = argumentsOrExit(USAGE, () => {
  const { values } = parseArgs({ options: { list: { type: 'boolean' }, delete: { type: 'string' } } });
  return { list: values.list === true, remove: values.delete };
});
keepPrivate();
const settings = settingsOrExit();
const { folder, everyHours } = settings.backups;

try {
  if (list) showAll(await listSets(folder));
  else if (remove !== undefined) await removeOne(remove);
  else await makeOne();
} catch (error) {
  fail(error);
}

async function makeOne(): Promise<void> {
  if (!(await isRunning(settings.data))) await takeFolder(settings.data);
  const before = performance.now();
  const set = await backUp(settings, 'manual');
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  print(`Backup ${set.name} (${size(bytesOf(set))}) was made and checked in ${seconds} s.`);
  for (const { name, bytes, sha256 } of set.files) print(`  ${name}  ${size(bytes)}  sha256 ${sha256}`);
}

function showAll(sets: readonly BackupSet[]): void {
  if (sets.length === 0) print(`There are no backups in ${folder}.`);
  for (const set of sets) {
    const age = span(Date.now() - Date.parse(set.at));
    print(`${set.name.padEnd(30)}  ${size(bytesOf(set)).padStart(8)}  ${age} ago`);
  }
}

async function removeOne(name: string): Promise<void> {
  const sets = await listSets(folder);
  if (!isSetName(name) || !sets.some((set) => set.name === name))
    fail(`There is no backup ${name} in ${folder}.`);
  await removeSet(folder, name);
  const left = sets.filter((set) => set.name !== name);
  await writeIndex(folder, left, dueAt(left, everyHours, Date.now()));
  print(`Backup ${name} was deleted.`);
}
