import { DatabaseSync } from 'node:sqlite';
import { wallMicros } from '../clock.ts';

/**
 * For a copy that takes the place of a database which went on after it. No resume token of the other is believed, and every document
 * counts as written now: clients take no version for newer than one that they know, unless it is.
 */
export function renewDatabase(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec("DELETE FROM meta WHERE name = 'epoch'"); // a new one is made when the server opens the file
    // Also when the clock was set back meanwhile.
    db.prepare('UPDATE docs SET updated = max(?, 1 + (SELECT max(updated) FROM docs))').run(wallMicros());
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}
