import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Bump with every change of SCHEMA that an existing file would not satisfy, and say how to get there. */
const VERSION = 2;

const SCHEMA = `
  CREATE TABLE users (
    project TEXT NOT NULL,
    local_id TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    doc TEXT NOT NULL,
    PRIMARY KEY (project, local_id),
    UNIQUE (project, email),
    UNIQUE (project, phone)
  ) WITHOUT ROWID;
  CREATE TABLE identities (
    project TEXT NOT NULL,
    provider TEXT NOT NULL,
    raw_id TEXT NOT NULL,
    email TEXT,
    local_id TEXT NOT NULL,
    PRIMARY KEY (project, provider, raw_id),
    FOREIGN KEY (project, local_id) REFERENCES users ON DELETE CASCADE
  ) WITHOUT ROWID;
  CREATE INDEX identities_user ON identities (project, local_id);
  CREATE INDEX identities_email ON identities (project, email);
  CREATE TABLE refresh_tokens (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    local_id TEXT NOT NULL,
    session TEXT NOT NULL,
    FOREIGN KEY (project, local_id) REFERENCES users ON DELETE CASCADE
  );
  CREATE INDEX refresh_tokens_user ON refresh_tokens (project, local_id);
  CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    kind TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    expires INTEGER NOT NULL,
    doc TEXT NOT NULL
  );
  CREATE INDEX tickets_kind ON tickets (project, kind);
  CREATE TABLE settings (
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (project, name)
  ) WITHOUT ROWID;
`;

/** What an acknowledged change may be in. */
export const TABLES = ['users', 'identities', 'refresh_tokens', 'tickets', 'settings'];

/** From version 1, which held one project and no phone numbers. `?` is that project. */
const FROM_1 = {
  before: `
    DROP INDEX identities_user; DROP INDEX identities_email; DROP INDEX refresh_tokens_user;
    ALTER TABLE users RENAME TO users_1; ALTER TABLE identities RENAME TO identities_1;
    ALTER TABLE refresh_tokens RENAME TO refresh_tokens_1; ALTER TABLE settings RENAME TO settings_1;`,
  copies: [
    'INSERT INTO users (project, local_id, email, doc) SELECT ?, local_id, email, doc FROM users_1',
    'INSERT INTO identities SELECT ?, provider, raw_id, email, local_id FROM identities_1',
    'INSERT INTO refresh_tokens SELECT id, ?, hash, local_id, session FROM refresh_tokens_1',
    `INSERT INTO tickets SELECT id, ?, 'oob', code, ${Number.MAX_SAFE_INTEGER}, doc FROM oob_codes`,
    'INSERT INTO settings SELECT ?, name, value FROM settings_1',
  ],
  after: `DROP TABLE identities_1; DROP TABLE refresh_tokens_1; DROP TABLE oob_codes; DROP TABLE settings_1;
    DROP TABLE users_1;`,
};

/**
 * Opens (or makes) the database; without a file it lives in memory. Every commit is on disk before it is acknowledged.
 * `project` is whose accounts a file of version 1 holds. Throws when the file was written by a later version of this server.
 */
export function openDatabase(file: string | undefined, project: string): DatabaseSync {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file ?? ':memory:');
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000');
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > VERSION) {
    db.close();
    throw new Error(
      `${file} was written by another version (${version}, expected ${VERSION}). Move it away.`,
    );
  }
  db.exec('PRAGMA foreign_keys=OFF'); // while tables are replaced; cannot be changed within a transaction
  if (version < VERSION) {
    db.exec('BEGIN IMMEDIATE');
    if (version === 1) db.exec(FROM_1.before);
    db.exec(SCHEMA);
    if (version === 1) {
      for (const copy of FROM_1.copies) db.prepare(copy).run(project);
      db.exec(FROM_1.after);
    }
    db.exec(`PRAGMA user_version=${VERSION}; COMMIT`);
  }
  db.exec('PRAGMA foreign_keys=ON');
  return db;
}
