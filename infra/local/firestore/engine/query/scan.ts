/** A cursor over one ordered source: an index, or the names of a group's documents. Ascends by suffix; can leap forward. */
import type { StatementSync } from 'node:sqlite';
import type { Store } from '../store/store.ts';
import { bytesOf, numberOf } from '../store/row.ts';
import { inverted } from '../value/bytes.ts';
import { below, mirrored } from './interval.ts';
import type { Interval } from './interval.ts';

export interface Access {
  /** Names: the group whose documents are read in order of their names. Undefined: index entries. */
  readonly group: number | undefined;
  readonly prefix: Uint8Array;
  /** The source ascends where the query descends. */
  readonly reverse: boolean;
  /** The index's fields as production names them: `(a ASC, __name__ ASC)`. */
  describe(): string;
}

export interface ScanRow {
  readonly suffix: Buffer;
  readonly id: number;
}

const FIRST_CHUNK = 32;
const MAX_CHUNK = 1024;
const AFTER = Buffer.from([0x00]);
const TOP = Buffer.from([0xff]); // above every path

export class Scan {
  readonly #access: Access;
  readonly #select: StatementSync;
  #lo: Uint8Array;
  #hi: Uint8Array;
  #rows: ScanRow[] = [];
  #at = 0;
  #exhausted = false;
  #chunk = FIRST_CHUNK;

  constructor(store: Store, access: Access, interval: Interval) {
    this.#access = access;
    const { lo, hi } = below(access.prefix, access.reverse ? mirrored(interval) : interval);
    this.#lo = lo;
    this.#hi = hi ?? TOP;
    this.#select = statement(store, access);
  }

  peek(): ScanRow | undefined {
    if (this.#at >= this.#rows.length && !this.#exhausted) this.#fetch();
    return this.#rows[this.#at];
  }

  advance(): void {
    this.#at += 1;
  }

  /** To the first row at or after `suffix`; never backwards. */
  seek(suffix: Uint8Array): void {
    const last = this.#rows.at(-1);
    if (last && Buffer.compare(last.suffix, suffix) >= 0) {
      while (Buffer.compare(this.#rows[this.#at]?.suffix ?? suffix, suffix) < 0) this.#at += 1;
      return;
    }
    const { prefix, reverse } = this.#access;
    const key = Buffer.concat([prefix, reverse ? inverted(suffix) : suffix]);
    if (reverse) this.#hi = minimum(this.#hi, Buffer.concat([key, AFTER]));
    else this.#lo = maximum(this.#lo, key);
    this.#rows = [];
    this.#at = 0;
    this.#chunk = FIRST_CHUNK;
  }

  #fetch(): void {
    const { group, prefix, reverse } = this.#access;
    const limit = this.#chunk;
    const found =
      group === undefined
        ? this.#select.all(this.#lo, this.#hi, limit)
        : this.#select.all(group, this.#lo, this.#hi, limit);
    this.#rows = found.map((row) => {
      const key = Buffer.from(bytesOf(row, 'k'));
      const rest = key.subarray(prefix.length);
      return { suffix: reverse ? inverted(rest) : rest, id: numberOf(row, 'doc') };
    });
    this.#at = 0;
    this.#exhausted = found.length < limit;
    this.#chunk = Math.min(this.#chunk * 4, MAX_CHUNK);
    const last = found.at(-1);
    if (!last) return;
    const key = Buffer.from(bytesOf(last, 'k'));
    if (reverse) this.#hi = key;
    else this.#lo = Buffer.concat([key, AFTER]);
  }
}

const minimum = (a: Uint8Array, b: Uint8Array): Uint8Array => (Buffer.compare(a, b) <= 0 ? a : b);
const maximum = (a: Uint8Array, b: Uint8Array): Uint8Array => (Buffer.compare(a, b) >= 0 ? a : b);

const statements = new WeakMap<Store, Map<string, StatementSync>>();

function statement(store: Store, { group, reverse }: Access): StatementSync {
  const order = reverse ? 'DESC' : 'ASC';
  const sql =
    group === undefined
      ? `SELECT k, doc FROM entries WHERE k >= ? AND k < ? ORDER BY k ${order} LIMIT ?`
      : `SELECT key AS k, id AS doc FROM docs WHERE grp = ? AND key >= ? AND key < ? ORDER BY key ${order} LIMIT ?`;
  const known = statements.get(store) ?? new Map<string, StatementSync>();
  statements.set(store, known);
  const prepared = known.get(sql) ?? store.db.prepare(sql);
  known.set(sql, prepared);
  return prepared;
}

/** Rows that all sources share, by leaping: each source in turn jumps to where the furthest one stands. */
export function* intersect(sources: readonly Scan[]): Generator<ScanRow> {
  const [first, ...others] = sources;
  if (!first) return;
  for (;;) {
    const candidate = first.peek();
    if (!candidate) return;
    let target = candidate.suffix;
    for (const other of others) {
      other.seek(target);
      const row = other.peek();
      if (!row) return;
      if (!row.suffix.equals(target)) {
        target = row.suffix;
        break;
      }
    }
    if (target === candidate.suffix) {
      yield candidate;
      first.advance();
    } else first.seek(target);
  }
}
