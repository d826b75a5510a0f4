import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dueAt, prune, writeIndex } from '../../local/backup/catalog.ts';
import { makeBackup, type Source } from '../../local/backup/make.ts';
import type { BackupSet, Kind } from '../../local/backup/set.ts';
import { restingSources, servedSource } from '../../local/backup/sources.ts';
import { isRunning } from '../one-at-a-time.ts';
import { administratorOf } from '../secret/installation-secret.ts';
import type { Settings } from '../settings.ts';
import { ownStores } from './stores.ts';

export const databaseFolder = (settings: Settings): string => join(settings.data, 'db');

/** `addresses.json` of a running installation: what answers where. */
export async function addressesOf(data: string): Promise<Record<string, string>> {
  const text = await readFile(join(data, 'addresses.json'), 'utf8');
  const found: Record<string, unknown> = Object(JSON.parse(text));
  return Object.fromEntries(Object.entries(found).map(([part, address]) => [part, String(address)]));
}

/** How the databases can be copied now. Of a resting installation only those that exist. Throws when there are none. */
export async function sourcesOf(settings: Settings): Promise<Source[]> {
  const stores = ownStores(settings);
  if (await isRunning(settings.data)) {
    const addresses = await addressesOf(settings.data);
    const token = await administratorOf(settings.data);
    return stores.map(({ part, file }) => servedSource(file, addresses[part] ?? '', token));
  }
  const folder = databaseFolder(settings);
  const files = stores.map(({ file }) => file).filter((file) => existsSync(join(folder, file)));
  if (files.length === 0) throw new Error(`There is nothing to back up in ${settings.data}.`);
  return restingSources(folder, files);
}

/** Makes a set, removes what it supersedes, and lists what is left for whoever shows it. */
export async function backUp(settings: Settings, kind: Kind): Promise<BackupSet> {
  const { folder, everyHours, keep } = settings.backups;
  const set = await makeBackup(folder, kind, await sourcesOf(settings));
  const left = await prune(folder, Date.now(), keep);
  await writeIndex(folder, left, dueAt(left, everyHours, Date.now()));
  return set;
}
