/**
 * groups     one row per database and collection id
 * docs       the current documents, by path within their group
 * entries    index entries; the key tells everything (../index/keys.ts)
 * composites composite indexes that are kept, by group
 * meta       epoch of the database, fingerprint of the index configuration
 */
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS groups (
  id INTEGER PRIMARY KEY, database TEXT NOT NULL, collection TEXT NOT NULL, UNIQUE (database, collection));
CREATE TABLE IF NOT EXISTS docs (
  id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, key BLOB NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS docs_by_key ON docs (grp, key);
CREATE TABLE IF NOT EXISTS entries (k BLOB PRIMARY KEY, doc INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS composites (
  id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, spec TEXT NOT NULL, UNIQUE (grp, spec));
`;

const CACHE_KIB = 32_768;
const CHECKPOINT_PAGES = 4000; // about 16 MiB of WAL between checkpoints

/** `file` undefined: in memory. A commit is on disk when COMMIT returns (WAL with synchronous=FULL). */
export function openDatabase(file: string | undefined): DatabaseSync {
  const db = new DatabaseSync(file ?? ':memory:');
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=${String(CHECKPOINT_PAGES)};
    PRAGMA cache_size=-${String(CACHE_KIB)}; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=5000; PRAGMA locking_mode=EXCLUSIVE;`);
  db.exec(SCHEMA);
  return db;
}
