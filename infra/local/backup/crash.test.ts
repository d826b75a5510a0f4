/** C3: kill -9 while a backup or a restore is under way leaves a usable state. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { heal } from './heal.ts';
import { inspect } from './inspect.ts';
import { makeBackup } from './make.ts';
import { problemOf } from './restore.ts';
import { listSets } from './set.ts';
import { restingSources } from './sources.ts';
import { addRows, makeFolders, openTable, rowsOf } from './testing.ts';

const FILES = ['a.sqlite', 'b.sqlite'];
const STORES = FILES.map((file) => ({ file }));
const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Runs `code` over and over in a process that is killed `ms` after it has begun. */
async function killed(code: string, ms: number): Promise<void> {
  const script = `console.log('begun'); for (;;) { ${code} }`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  setTimeout(() => child.kill('SIGKILL'), ms);
  await gone;
  expect(child.signalCode).toBe('SIGKILL');
}

function rows(db: string, count: number): void {
  mkdirSync(db, { recursive: true });
  for (const file of FILES) {
    const open = openTable(join(db, file));
    addRows(open, count, 2_000);
    open.close();
  }
}

test('while a backup is made: the databases are whole, and so is every backup that is listed', async () => {
  using folders = makeFolders();
  const { db, backups } = folders;
  rows(db, 2_000);
  const code = `
    const { makeBackup } = await import(${source('make.ts')});
    const { restingSources } = await import(${source('sources.ts')});
    await makeBackup(${JSON.stringify(backups)}, 'scheduled', restingSources(${JSON.stringify(db)}, ${JSON.stringify(FILES)}));`;
  for (const ms of [20, 60, 100, 140, 180, 400]) {
    await killed(code, ms);
    for (const file of FILES) {
      expect(await inspect({ kind: 'live', file: join(db, file) })).toMatchObject({ problem: null });
    }
    for (const set of await listSets(backups)) expect(await problemOf(backups, set, FILES)).toBeNull();
  }
  await makeBackup(backups, 'scheduled', restingSources(db, FILES));
  expect(readdirSync(backups).filter((name) => name.startsWith('.making'))).toEqual([]);
});

test('while a backup is restored: all is as before or all is restored, once the next start has looked', async () => {
  using folders = makeFolders();
  const { db, backups } = folders;
  rows(db, 2_000);
  await makeBackup(backups, 'manual', restingSources(db, FILES));
  const code = `
    const { restore } = await import(${source('restore.ts')});
    const { listSets } = await import(${source('set.ts')});
    const [set] = await listSets(${JSON.stringify(backups)});
    await restore(${JSON.stringify(db)}, ${JSON.stringify(backups)}, set, ${JSON.stringify(STORES)});`;
  for (const ms of [10, 15, 20, 30, 40, 80]) {
    rows(db, 1);
    const [before = 0] = FILES.map((file) => rowsOf(join(db, file)));
    await killed(code, ms);
    expect(await heal(db, backups, STORES)).toEqual([]);
    const after = FILES.map((file) => rowsOf(join(db, file)));
    expect(after[0]).toBe(after[1]);
    expect([before, 2_000]).toContain(after[0]);
    expect(readdirSync(db).filter((name) => name.includes('restor'))).toEqual([]);
  }
});
