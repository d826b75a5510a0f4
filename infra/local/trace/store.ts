import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { TraceError } from './errors.ts';
import type { Span, SpanPatch, Trace, TracePatch } from './model.ts';

const VERSION = 1;
const SCHEMA = `
  CREATE TABLE traces (
    project TEXT NOT NULL,
    id TEXT NOT NULL,
    start TEXT NOT NULL,
    changed INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (project, id)
  ) WITHOUT ROWID;
  CREATE INDEX traces_start ON traces (project, start);
  CREATE INDEX traces_changed ON traces (changed);
  CREATE TABLE spans (
    project TEXT NOT NULL,
    trace TEXT NOT NULL,
    id TEXT NOT NULL,
    start TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (project, trace, id),
    FOREIGN KEY (project, trace) REFERENCES traces ON DELETE CASCADE
  ) WITHOUT ROWID;
`;
/** As long as Cloud Trace keeps them. Milliseconds. */
const KEPT_MS = 30 * 24 * 3_600_000;
const DEFAULT_MAX_BYTES = 200_000_000;
/** A trace with more is refused more. */
const MAX_SPANS_PER_TRACE = 50_000;
/** How many traces go at a time when there are too many bytes. */
const OLDEST = 50;

export interface StoreOptions {
  /** The SQLite file; without one, traces live in memory. */
  data?: string | undefined;
  /** Bytes of spans; beyond it the traces that changed longest ago go. */
  maxBytes?: number | undefined;
  now: () => number;
}

/**
 * Spans in SQLite. What was acknowledged outlives the end of the process; unlike in the databases beside it, the last
 * moments before a loss of power may be missing (synchronous=NORMAL): they are measurements.
 */
export class TraceStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #maxBytes: number;
  readonly #spanOf: StatementSync;
  readonly #countOf: StatementSync;
  readonly #putTrace: StatementSync;
  readonly #putSpan: StatementSync;

  /** Throws when the file cannot be opened, or was written by a later version. */
  constructor(options: StoreOptions) {
    const { data, now, maxBytes = DEFAULT_MAX_BYTES } = options;
    this.#now = now;
    this.#maxBytes = maxBytes;
    this.#db = open(data);
    this.#spanOf = this.#db.prepare('SELECT doc FROM spans WHERE project = ? AND trace = ? AND id = ?');
    this.#countOf = this.#db.prepare('SELECT count(*) AS n FROM spans WHERE project = ? AND trace = ?');
    this.#putTrace = this.#db.prepare(
      `INSERT INTO traces (project, id, start, changed, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET start = min(start, excluded.start), changed = excluded.changed, bytes = bytes + excluded.bytes`,
    );
    this.#putSpan = this.#db.prepare(
      'INSERT OR REPLACE INTO spans (project, trace, id, start, doc) VALUES (?, ?, ?, ?, ?)',
    );
  }

  close(): void {
    this.#db.close();
  }

  /** All or nothing. A span that is there takes the fields that are named. Throws INVALID_ARGUMENT. */
  patch(project: string, traces: TracePatch[]): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const trace of traces) this.#patchTrace(project, trace);
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
    this.#shrink();
  }

  /** Undefined when there is none. Spans are ordered by their start. */
  get(project: string, traceId: string): Trace | undefined {
    const rows = this.#db
      .prepare('SELECT doc FROM spans WHERE project = ? AND trace = ? ORDER BY start, id')
      .all(project, traceId);
    return rows.length === 0 ? undefined : { projectId: project, traceId, spans: rows.map(toSpan) };
  }

  /** Traces that began within the time, newest first; read as far as the caller goes on. */
  *list(project: string, from: string, to: string): Generator<Trace> {
    const ids = this.#db
      .prepare(
        'SELECT id FROM traces WHERE project = ? AND start >= ? AND start <= ? ORDER BY start DESC, id',
      )
      .all(project, from, to);
    for (const { id } of ids) {
      const trace = this.get(project, String(id));
      if (trace !== undefined) yield trace;
    }
  }

  /** Removes what is too old; answers how many traces went. */
  expire(): number {
    const { changes } = this.#db.prepare('DELETE FROM traces WHERE changed < ?').run(this.#now() - KEPT_MS);
    return Number(changes);
  }

  #patchTrace(project: string, { traceId, spans }: TracePatch): void {
    if (spans.length === 0) return;
    const merged = spans.map((patch): Span => {
      const row = this.#spanOf.get(project, traceId, patch.spanId);
      return complete(row === undefined ? undefined : toSpan(row), patch);
    });
    const docs = merged.map((span) => JSON.stringify(span));
    const bytes = docs.reduce((sum, doc) => sum + doc.length, 0);
    const start = merged.reduce((first, span) => (span.startTime < first ? span.startTime : first), '~');
    this.#putTrace.run(project, traceId, start, this.#now(), bytes);
    for (const [i, span] of merged.entries()) {
      this.#putSpan.run(project, traceId, span.spanId, span.startTime, docs[i] ?? '');
    }
    if (Number(this.#countOf.get(project, traceId)?.['n']) > MAX_SPANS_PER_TRACE) {
      throw TraceError.invalid(`A trace may have ${MAX_SPANS_PER_TRACE} spans.`);
    }
  }

  #shrink(): void {
    const bytes = () => Number(this.#db.prepare('SELECT sum(bytes) AS sum FROM traces').get()?.['sum'] ?? 0);
    const removal = this.#db.prepare(
      `DELETE FROM traces WHERE (project, id) IN (SELECT project, id FROM traces ORDER BY changed LIMIT ${OLDEST})`,
    );
    while (bytes() > this.#maxBytes) removal.run();
  }
}

/** Throws INVALID_ARGUMENT when the span is new and lacks what each must have. */
function complete(before: Span | undefined, patch: SpanPatch): Span {
  const { startTime = before?.startTime, endTime = before?.endTime } = patch;
  if (startTime === undefined || endTime === undefined) {
    throw TraceError.invalid(`Span ${patch.spanId} needs a startTime and an endTime.`);
  }
  return {
    kind: 'SPAN_KIND_UNSPECIFIED',
    name: '',
    ...before,
    ...patch,
    startTime,
    endTime,
    labels: { ...before?.labels, ...patch.labels },
  };
}

function toSpan(row: Record<string, unknown>): Span {
  // Written by this file only.
  return JSON.parse(String(row['doc'])) as Span;
}

/** What SQLite says of a file whose content is wrong, as against one that cannot be reached. Primary result codes. */
const DAMAGE = new Set([11, 26]); // SQLITE_CORRUPT, SQLITE_NOTADB

/** Measurements are not worth a start that fails: a damaged file is set aside, and a new one begun. */
function open(file: string | undefined): DatabaseSync {
  if (file === undefined) return openFile(':memory:');
  mkdirSync(dirname(file), { recursive: true });
  try {
    return openFile(file);
  } catch (error) {
    if (!DAMAGE.has(Number(Object(error).errcode) & 0xff)) throw error;
    const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    for (const suffix of ['-wal', '-shm', '']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
    process.stderr.write(`trace: ${file} is damaged and was moved to ${aside}; traces begin anew.\n`);
    return openFile(file);
  }
}

function openFile(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    prepare(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: DatabaseSync, file: string): void {
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON',
  );
  const problem = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (problem !== 'ok') throw Object.assign(new Error(String(problem)), { errcode: 11 });
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > VERSION) {
    throw new Error(
      `${file} was written by another version (${version}, expected ${VERSION}). Move it away.`,
    );
  }
  if (version < VERSION) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version=${VERSION}; COMMIT`);
}
