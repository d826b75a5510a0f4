/**
 * SQLite's online backup (https://sqlite.org/backup.html), made by the connection that owns the database: what it writes
 * meanwhile goes into the copy as well, so the copy is of the moment at which it was finished, and never begins anew.
 */
import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';

/** 400 KB: the owner's own statements wait for one step at most. */
const PAGES_A_STEP = 100;
/** The last step flushes the file while the owner waits, so most of it is flushed before, by another thread. */
const STEPS_A_FLUSH = 50;
const LOCKED = new Set([5, 6]); // SQLITE_BUSY, SQLITE_LOCKED

/** Resolves when the copy is on disk. Rejects, perhaps leaving a part of it, when it could not be made. */
export async function copyDatabase(db: DatabaseSync, to: string): Promise<void> {
  let steps = 0;
  let file: number | undefined;
  const flushes: Promise<void>[] = [];
  try {
    await backup(db, to, {
      rate: PAGES_A_STEP,
      progress: () => {
        steps += 1;
        if (steps % STEPS_A_FLUSH === 0) flushes.push(flush((file ??= openSync(to, 'r+'))));
      },
    });
    await Promise.all(flushes);
    file ??= openSync(to, 'r+');
    fsyncSync(file);
  } finally {
    await Promise.allSettled(flushes);
    if (file !== undefined) closeSync(file);
  }
  checkpoint(db);
}

/**
 * Everything that the copy holds is now in the database's own file too. So whoever loses the write-ahead log never falls
 * behind the newest backup.
 */
function checkpoint(db: DatabaseSync): void {
  if (db.isTransaction) return;
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // A statement is being read; the next checkpoint will do.
    if (!LOCKED.has(Number(Object(error).errcode))) throw error;
  }
}

function flush(file: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())));
}
