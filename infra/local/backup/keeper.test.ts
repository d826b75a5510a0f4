import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { dueAt } from './catalog.ts';
import { Keeper } from './keeper.ts';
import { makeBackup } from './make.ts';
import { listSets } from './set.ts';
import { restingSources } from './sources.ts';
import { addRows, makeFolders, openTable } from './testing.ts';

const KEEP = { hours: 24, days: 7, weeks: 4, maxBytes: 1e9 };
const HOUR_MS = 3_600_000;
const FILES = ['a.sqlite'];

function start({ db, backups }: ReturnType<typeof makeFolders>, everyHours = 6) {
  mkdirSync(db);
  const open = openTable(join(db, 'a.sqlite'));
  addRows(open, 10);
  open.close();
  const failures: string[] = [];
  const keeper = new Keeper({
    folder: backups,
    everyHours,
    keep: KEEP,
    onFailure: (line) => failures.push(line),
  });
  const index = (): { backups: { name: string }[]; next_at: string } =>
    JSON.parse(readFileSync(join(backups, 'index.json'), 'utf8'));
  return { keeper, failures, index, sources: restingSources(db, FILES) };
}

test('a backup is due so long after the newest, not after the start', async () => {
  using folders = makeFolders();
  const { keeper, index, sources } = start(folders);
  const old = new Date(Date.now() - 7 * HOUR_MS);
  await makeBackup(folders.backups, 'shutdown', sources, () => old);
  keeper.start(sources); // as after a restart: the last is 7 h old
  await eventually(async () => expect(await listSets(folders.backups)).toHaveLength(2));
  await keeper.stop();
  const [newest] = await listSets(folders.backups);
  expect(newest?.kind).toBe('scheduled');
  const { backups, next_at } = index();
  expect(backups.map(({ name }) => name)).toEqual((await listSets(folders.backups)).map(({ name }) => name));
  expect(Date.parse(next_at)).toBe(Date.parse(newest?.at ?? '') + 6 * HOUR_MS);
});

test('none is due yet -> none is made; the list says when', async () => {
  using folders = makeFolders();
  const { keeper, index, sources } = start(folders);
  keeper.start(sources);
  await eventually(() => expect(existsSync(join(folders.backups, 'index.json'))).toBe(true));
  await keeper.stop();
  expect(index().backups).toEqual([]);
  const minutes = (Date.parse(index().next_at) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(14);
  expect(minutes).toBeLessThanOrEqual(15);
  expect(dueAt([], 0.1, 0)).toBe(0.1 * HOUR_MS);
});

test('one that fails is reported, and tried again later, not at once', async () => {
  using folders = makeFolders();
  const before = Date.now();
  const { keeper, failures, index } = start(folders, 1);
  const failing = [{ name: 'a.sqlite', copy: async () => Promise.reject(new Error('disk full')) }];
  await makeBackup(
    folders.backups,
    'manual',
    restingSources(folders.db, FILES),
    () => new Date(Date.now() - 2 * HOUR_MS),
  );
  keeper.start(failing);
  await eventually(() => expect(failures).toEqual(['The scheduled backup failed: disk full']));
  expect(await keeper.make('shutdown', failing)).toBeNull();
  await keeper.stop();
  expect(await listSets(folders.backups)).toHaveLength(1);
  expect(Date.parse(index().next_at)).toBeGreaterThan(before + 9 * 60_000);
});
