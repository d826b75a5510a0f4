/**
 * A second witness of the last commit, for SQLite is none: without its write-ahead log, or with one that is cut short, a
 * database opens as it was some time ago, and nothing seems to be missing. A counter in the database goes up with every
 * commit, and a small file beside it (`-seen`) is told where it stands before a commit is acknowledged. That file is not
 * flushed: after a loss of power it may know less than the database, never more.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

const DIGITS = 16;

const witnessFile = (database: string): string => `${database}-seen`;

export class Witness {
  readonly #count: StatementSync;
  readonly #file: number | undefined;
  #noted = -1;

  /** Counts changes of `tables`. Closes the database and throws when it lacks commits that its witness saw. */
  constructor(db: DatabaseSync, database: string | undefined, tables: readonly string[]) {
    db.exec(`CREATE TABLE IF NOT EXISTS witness (commits INTEGER NOT NULL);
      INSERT INTO witness SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM witness)`);
    for (const table of tables) {
      for (const event of ['INSERT', 'UPDATE', 'DELETE']) {
        db.exec(`CREATE TEMP TRIGGER witness_${table}_${event} AFTER ${event} ON main.${table}
          BEGIN UPDATE witness SET commits = commits + 1; END`);
      }
    }
    this.#count = db.prepare('SELECT commits FROM witness');
    if (database === undefined) return;
    const problem = lostCommits(db, database);
    if (problem !== null) {
      db.close();
      throw new Error(`${database}: ${problem}`);
    }
    const file = witnessFile(database);
    this.#file = openSync(file, existsSync(file) ? 'r+' : 'w+');
    this.note();
  }

  /** After a commit, before anybody is told of it. */
  note(): void {
    if (this.#file === undefined) return;
    const commits = Number(this.#count.get()?.['commits']);
    if (commits === this.#noted) return;
    writeSync(this.#file, String(commits).padStart(DIGITS), 0);
    this.#noted = commits;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/** Null: the database holds all that its witness saw, or has none. */
export function lostCommits(db: DatabaseSync, database: string): string | null {
  const file = witnessFile(database);
  if (!existsSync(file)) return null;
  const seen = Number(readFileSync(file, 'utf8'));
  const has = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'witness'").get()?.['n'];
  const held = has === 1 ? Number(db.prepare('SELECT commits FROM witness').get()?.['commits'] ?? 0) : 0;
  if (!(seen > held)) return null;
  return `its last changes are gone (${seen - held} of ${seen}): its write-ahead log was removed or is damaged. To go on without them, delete ${file}`;
}
