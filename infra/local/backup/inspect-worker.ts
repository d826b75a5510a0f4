/** A thread of its own for `inspect.ts`: both checks keep a processor busy for seconds when a database is large. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Inspection, Order } from './inspect.ts';
import { lostCommits } from './witness.ts';

const CHUNK = 1 << 20;
/** What SQLite says of a file whose content is wrong, as against one that cannot be reached. Primary result codes. */
const DAMAGE = new Set([11, 26]); // SQLITE_CORRUPT, SQLITE_NOTADB
/** Of a file that is cut short, a read of a page that should be there. */
const SHORT_READ = 522; // SQLITE_IOERR_SHORT_READ

const order: Order = workerData;
parentPort?.postMessage(order.kind === 'copy' ? inspectCopy(order.file) : inspectLive(order.file), []);

/** Nobody writes to a copy, so it is opened as immutable, which leaves no files beside it. */
function inspectCopy(file: string): Inspection {
  const url = new URL(`${pathToFileURL(file).href}?immutable=1`);
  const problem = check(() => new DatabaseSync(url, { readOnly: true }), 'PRAGMA integrity_check(1)');
  return { ...problem, bytes: statSync(file).size, sha256: hash(file) };
}

/** With its write-ahead log, as the server that opens it next will see it. */
function inspectLive(file: string): Inspection {
  const bytes = statSync(file).size;
  // SQLite takes an empty file for a new database.
  if (bytes === 0) return { problem: 'it is empty', bytes, sha256: '' };
  const isWhole = (db: DatabaseSync): string | null => lostCommits(db, file);
  return { ...check(() => new DatabaseSync(file), 'PRAGMA quick_check(1)', isWhole), bytes, sha256: '' };
}

function check(
  open: () => DatabaseSync,
  pragma: string,
  more: (db: DatabaseSync) => string | null = () => null,
): { problem: string | null } {
  let db: DatabaseSync | undefined;
  try {
    db = open();
    const said = String(Object.values(db.prepare(pragma).get() ?? {})[0]);
    if (said !== 'ok') return { problem: said };
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get();
    return { problem: tables?.['n'] === 0 ? 'it holds no tables' : more(db) };
  } catch (error) {
    const code = Number(Object(error).errcode);
    if (!DAMAGE.has(code & 0xff) && code !== SHORT_READ) throw error;
    return { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    db?.close();
  }
}

function hash(file: string): string {
  const sum = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  const from = openSync(file, 'r');
  try {
    for (let read = readSync(from, chunk); read > 0; read = readSync(from, chunk))
      sum.update(chunk.subarray(0, read));
  } finally {
    closeSync(from);
  }
  return sum.digest('hex');
}
