import { DatabaseSync } from 'node:sqlite';

/** A copy that takes the place of a database gets an epoch of its own, so that no resume token of the other is believed. */
export function renewEpoch(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec("DELETE FROM meta WHERE name = 'epoch'"); // a new one is made when the server opens the file
  } finally {
    db.close();
  }
}
