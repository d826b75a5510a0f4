import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { copyDatabase } from './copy.ts';
import { heal } from './heal.ts';
import { makeBackup } from './make.ts';
import { finishRestore, restore } from './restore.ts';
import { restingSources } from './sources.ts';
import { addRows, makeFolders, openTable, rowsOf } from './testing.ts';

type Folders = ReturnType<typeof makeFolders>;
const STORES = [{ file: 'a.sqlite' }, { file: 'b.sqlite' }];
const FILES = STORES.map(({ file }) => file);

/** Two databases with 500 rows each and a backup of that; then 5 more rows in each. */
async function installation({ db, backups }: Folders) {
  mkdirSync(db, { recursive: true });
  const add = (count: number): void => {
    for (const file of FILES) {
      const open = openTable(join(db, file));
      addRows(open, count);
      open.close();
    }
  };
  add(500);
  const set = await makeBackup(backups, 'scheduled', restingSources(db, FILES));
  add(5);
  return set;
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const open = openSync(file, 'r+');
  writeSync(open, bytes, 0, bytes.length, at);
  closeSync(open);
}

const DAMAGES: Record<string, (file: string) => void> = {
  'its header is zeroed': (file) => overwrite(file, 0, Buffer.alloc(100)),
  'it is cut short': (file) => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096),
  'it is cut within a page': (file) => truncateSync(file, statSync(file).size - 1_000),
  'pages in the middle are overwritten': (file) => overwrite(file, 20 * 4096, Buffer.alloc(8 * 4096, 0xa5)),
  'it is text': (file) => writeFileSync(file, 'no database\n'.repeat(1_000)),
  'it is empty': (file) => truncateSync(file, 0),
  'it is gone': (file) => rmSync(file),
};

describe('C3: a start', () => {
  test.each(Object.entries(DAMAGES))(
    '%s -> restored from the newest backup, the other untouched',
    async (_, damage) => {
      using folders = makeFolders();
      const { db, backups } = folders;
      const set = await installation(folders);
      damage(join(db, 'a.sqlite'));
      const damaged = existsSync(join(db, 'a.sqlite'));
      const [healed, ...more] = await heal(db, backups, STORES);
      expect(more).toEqual([]);
      expect(healed).toMatchObject({ file: 'a.sqlite', from: { name: set.name }, passedOver: [] });
      expect(rowsOf(join(db, 'a.sqlite'))).toBe(500);
      expect(rowsOf(join(db, 'b.sqlite'))).toBe(505);
      if (damaged) expect(readdirSync(healed?.aside ?? '')).toContain('a.sqlite'); // set aside, not deleted
      expect(await heal(db, backups, STORES)).toEqual([]);
    },
  );

  test('without its log a database is still no older than the backup', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    mkdirSync(db);
    const open = openTable(join(db, 'a.sqlite'));
    addRows(open, 10);
    await makeBackup(backups, 'manual', [{ name: 'a.sqlite', copy: (to) => copyDatabase(open, to) }]);
    addRows(open, 1);
    renameSync(join(db, 'a.sqlite-wal'), join(folders.db, 'lost'));
    const left = join(db, 'left');
    mkdirSync(left);
    copyFileSync(join(db, 'a.sqlite'), join(left, 'a.sqlite'));
    open.close();
    expect(await heal(left, backups, [{ file: 'a.sqlite' }])).toEqual([]);
    expect(rowsOf(join(left, 'a.sqlite'))).toBe(10);
  });

  test('the newest backup is damaged too -> the one before it, and it is said', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    const good = await installation(folders);
    const bad = await makeBackup(backups, 'scheduled', restingSources(db, FILES));
    overwrite(join(backups, bad.name, 'a.sqlite'), 3_000, Buffer.from('flipped'));
    rmSync(join(db, 'a.sqlite'));
    const [healed] = await heal(db, backups, STORES);
    expect(healed).toMatchObject({
      from: { name: good.name },
      passedOver: [expect.stringContaining(bad.name)],
    });
  });

  test('damaged, and no backup -> refused, nothing is touched: it never starts empty in its place', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    await installation(folders);
    rmSync(backups, { recursive: true });
    writeFileSync(join(db, 'a.sqlite'), 'no database\n'.repeat(1_000));
    await expect(heal(db, backups, STORES)).rejects.toThrow(/a\.sqlite is damaged .* no backup/);
    expect(statSync(join(db, 'a.sqlite')).size).toBe(12_000);
  });

  test('nothing there yet, no backups -> a first start', async () => {
    using folders = makeFolders();
    expect(await heal(folders.db, folders.backups, STORES)).toEqual([]);
    mkdirSync(folders.db);
    writeFileSync(join(folders.db, 'a.sqlite'), ''); // killed at its very beginning
    expect(await heal(folders.db, folders.backups, STORES)).toEqual([]);
  });

  test('a database that another process has open is not damage', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    await installation(folders);
    const open = openTable(join(db, 'a.sqlite'));
    addRows(open, 1);
    await expect(heal(db, backups, STORES)).rejects.toThrow('locked');
    open.close();
  });
});

describe('a restore that is stopped in the middle', () => {
  test('before it was decided -> as if it had never begun', async () => {
    using folders = makeFolders();
    const { db } = folders;
    await installation(folders);
    writeFileSync(join(db, 'a.sqlite.restored'), 'half');
    await finishRestore(db);
    expect(readdirSync(db).sort()).toEqual(FILES);
    expect(rowsOf(join(db, 'a.sqlite'))).toBe(505);
  });

  test.each([0, 1, 2])(
    'after it was decided, %d files done -> the rest is done at the next start',
    async (done) => {
      using folders = makeFolders();
      const { db, backups } = folders;
      const set = await installation(folders);
      // What `restore` leaves on disk when it dies after so many files.
      mkdirSync(join(db, 'replaced-x'));
      for (const [i, file] of FILES.entries()) {
        copyFileSync(join(backups, set.name, file), join(db, i < done ? file : `${file}.restored`));
      }
      writeFileSync(join(db, 'restoring.json'), JSON.stringify({ files: FILES, aside: 'replaced-x' }));
      expect(await heal(db, backups, STORES)).toEqual([]);
      expect(FILES.map((file) => rowsOf(join(db, file)))).toEqual([500, 500]);
      expect(existsSync(join(db, 'restoring.json'))).toBe(false);
    },
  );

  test('while the note was written -> as if it had never begun, and nothing of it stays', async () => {
    using folders = makeFolders();
    const { db } = folders;
    await installation(folders);
    writeFileSync(join(db, 'restoring.json.4711.new'), '{"files":["a.sq');
    copyFileSync(join(db, 'b.sqlite'), join(db, 'a.sqlite.restored'));
    await finishRestore(db);
    expect(rowsOf(join(db, 'a.sqlite'))).toBe(505);
    expect(readdirSync(db).filter((name) => name.includes('restor'))).toEqual([]);
  });

  test('an old log never stays beside a restored database', async () => {
    using folders = makeFolders();
    const { db, backups } = folders;
    const set = await installation(folders);
    writeFileSync(join(db, 'a.sqlite-wal'), 'of another database');
    const renew = (file: string): void => {
      const copy = new DatabaseSync(file);
      copy.exec('DELETE FROM t WHERE n > 100');
      copy.close();
    };
    const aside = await restore(db, backups, set, [{ file: 'a.sqlite', renew }]);
    expect(readdirSync(aside)).toEqual(['a.sqlite', 'a.sqlite-wal']);
    expect(rowsOf(join(db, 'a.sqlite'))).toBe(100);
  });
});
