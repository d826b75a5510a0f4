import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Bump with every change of SCHEMA that an existing file would not satisfy. */
const VERSION = 1;

const SCHEMA = `
  CREATE TABLE users (
    local_id TEXT PRIMARY KEY,
    email TEXT UNIQUE,
    doc TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE identities (
    provider TEXT NOT NULL,
    raw_id TEXT NOT NULL,
    email TEXT,
    local_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (provider, raw_id)
  ) WITHOUT ROWID;
  CREATE INDEX identities_user ON identities (local_id);
  CREATE INDEX identities_email ON identities (email);
  CREATE TABLE refresh_tokens (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    local_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    session TEXT NOT NULL
  );
  CREATE INDEX refresh_tokens_user ON refresh_tokens (local_id);
  CREATE TABLE oob_codes (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    doc TEXT NOT NULL
  );
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/**
 * Opens (or makes) the database; without a file it lives in memory. Every commit is on disk before it is acknowledged.
 * Throws when the file was written by another version of this server.
 */
export function openDatabase(file: string | undefined): DatabaseSync {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file ?? ':memory:');
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000',
  );
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === 0) {
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version=${VERSION}; COMMIT`);
  } else if (version !== VERSION) {
    db.close();
    throw new Error(
      `${file} was written by another version (${version}, expected ${VERSION}). Move it away.`,
    );
  }
  return db;
}
