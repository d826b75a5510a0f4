import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A temporary folder for databases and one for their backups; disposing of it removes both. */
export function makeFolders(): { db: string; backups: string; [Symbol.dispose]: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'backup-'));
  return {
    db: join(root, 'db'),
    backups: join(root, 'backups'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** As the servers open theirs, with a table `t` of numbered texts. */
export function openTable(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
    CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, text TEXT NOT NULL)`);
  return db;
}

export function addRows(db: DatabaseSync, count: number, bytes = 500): void {
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  db.exec('BEGIN');
  for (let i = 0; i < count; i += 1) insert.run('x'.repeat(bytes));
  db.exec('COMMIT');
}

export function rowsOf(file: string): number {
  const db = new DatabaseSync(file);
  try {
    return Number(db.prepare('SELECT count(*) AS n FROM t').get()?.['n']);
  } finally {
    db.close();
  }
}
