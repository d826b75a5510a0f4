import { DatabaseSync } from 'node:sqlite';

const VERSION = 1;

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
  -- "data" is rewritten at each attempt, so what never changes (the target, up to 100 KB) is kept apart.
  CREATE TABLE IF NOT EXISTS tasks (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS targets (name TEXT PRIMARY KEY, target TEXT NOT NULL, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS tombstones (name TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Opens or creates; without a file, memory. Throws when the file is of another version or in use by another server. */
export function openDatabase(file: string | undefined): DatabaseSync {
  const db = new DatabaseSync(file ?? ':memory:');
  try {
    // EXCLUSIVE: two servers on one file would each deliver every task.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
    const found = db.prepare('SELECT value FROM meta WHERE key = ?').get('version')?.['value'];
    if (found === undefined) db.prepare('INSERT INTO meta VALUES (?, ?)').run('version', String(VERSION));
    else if (found !== String(VERSION)) {
      throw new Error(`${file} holds tasks of format ${String(found)}; this server reads format ${VERSION}.`);
    }
    return db;
  } catch (error) {
    db.close();
    const locked = error instanceof Error && error.message.includes('locked');
    throw locked ? new Error(`${file} is in use by another server.`, { cause: error }) : error;
  }
}
