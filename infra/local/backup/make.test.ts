import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyDatabase } from './copy.ts';
import { inspect } from './inspect.ts';
import { makeBackup } from './make.ts';
import { listSets } from './set.ts';
import { addRows, makeFolders, openTable, rowsOf } from './testing.ts';

test('C3: a database is copied while it is written to: writers go on, and the copy is of one moment', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const db = openTable(join(folders.db, 'a.sqlite'));
  addRows(db, 20_000, 2_000); // 40 MB
  const copying = { done: false };
  let commits = 0;
  const write = async (): Promise<void> => {
    while (!copying.done) {
      addRows(db, 1);
      commits += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const to = join(folders.db, 'copy.sqlite');
  const writing = write();
  const atStart = 20_000 + commits;
  await copyDatabase(db, to);
  copying.done = true;
  await writing;
  const written = 20_000 + commits;
  db.close();
  expect(await inspect({ kind: 'copy', file: to })).toMatchObject({ problem: null });
  expect(rowsOf(to)).toBeGreaterThanOrEqual(atStart);
  expect(rowsOf(to)).toBeLessThanOrEqual(written);
  expect(written).toBeGreaterThan(20_010); // several commits went through meanwhile
});

test('what the copy holds is in the database file itself: without its log it is not older than its backup', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const file = join(folders.db, 'a.sqlite');
  const db = openTable(file);
  addRows(db, 100);
  await copyDatabase(db, join(folders.db, 'copy.sqlite'));
  copyFileSync(file, join(folders.db, 'alone.sqlite'));
  db.close();
  expect(rowsOf(join(folders.db, 'alone.sqlite'))).toBe(100);
});

test('a set appears whole, with sums of its files; nothing unfinished stays', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const db = openTable(join(folders.db, 'a.sqlite'));
  addRows(db, 10);
  mkdirSync(join(folders.backups, '.making-999999999-dead'), { recursive: true });
  const sources = ['a.sqlite', 'b.sqlite'].map((name) => ({
    name,
    copy: (to: string) => copyDatabase(db, to),
  }));
  const set = await makeBackup(folders.backups, 'manual', sources);
  db.close();
  expect(readdirSync(folders.backups)).toEqual([set.name]);
  expect(readdirSync(join(folders.backups, set.name)).sort()).toEqual([
    'a.sqlite',
    'b.sqlite',
    'backup.json',
  ]);
  expect(await listSets(folders.backups)).toEqual([set]);
  expect(set.files).toMatchObject([
    { name: 'a.sqlite', bytes: 8_192 + 8_192, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { name: 'b.sqlite' },
  ]);
});

test('a copy that does not pass the check, or cannot be made -> no set; the earlier ones stay', async () => {
  using folders = makeFolders();
  mkdirSync(folders.db);
  const db = openTable(join(folders.db, 'a.sqlite'));
  addRows(db, 10);
  const good = { name: 'a.sqlite', copy: (to: string) => copyDatabase(db, to) };
  const before = await makeBackup(folders.backups, 'scheduled', [good]);
  const damaged = async (to: string): Promise<void> => writeFileSync(to, 'not a database at all'.repeat(500));
  await expect(
    makeBackup(folders.backups, 'scheduled', [good, { name: 'b.sqlite', copy: damaged }]),
  ).rejects.toThrow('The copy of b.sqlite does not pass the check: file is not a database');
  const failing = async (): Promise<void> => Promise.reject(new Error('disk full'));
  await expect(
    makeBackup(folders.backups, 'scheduled', [{ name: 'a.sqlite', copy: failing }]),
  ).rejects.toThrow('disk full');
  db.close();
  expect(readdirSync(folders.backups)).toEqual([before.name]);
});
