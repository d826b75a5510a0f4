import type { Writable } from 'node:stream';

/** What all streams of a process together may hold for readers that do not read. Bytes. */
const MAX_HELD = 64_000_000;
/** Of one reader: it lags, and resumes with Last-Event-ID. Bytes. */
const MAX_LAG = 8_000_000;
/** Pages of logs that are loaded at the same time; each may have megabytes. */
const LOADS = 8;
/** A reader that keeps up has no more than this waiting. Bytes. */
const KEEPS_UP = 16_384;

/** One stream's reader. */
export interface Reader {
  /** What waits beyond its connection, to be written as it reads. Bytes. */
  held: number;
  /** Its response, or its connection where that carries several. */
  readonly to: Writable;
  /** It held too much: its connection was ended by this process. */
  cut: boolean;
}

/**
 * Everyone who reads a stream of this process. A reader that never reads costs memory, and a thousand of them would take
 * all of it: when they hold too much together, those who lag most are cut off. Nothing is lost, for each resumes after
 * the last event that it has.
 */
export class Readers {
  readonly #all = new Set<Reader>();
  readonly #waiting: (() => void)[] = [];
  readonly #maxHeld: number;
  #loads = 0;

  constructor(maxHeld = MAX_HELD) {
    this.#maxHeld = maxHeld;
  }

  add(to: Writable): Reader {
    const reader: Reader = { held: 0, to, cut: false };
    this.#all.add(reader);
    to.once('close', () => this.#all.delete(reader));
    return reader;
  }

  /** Bytes that all of them hold. */
  get held(): number {
    let bytes = 0;
    for (const reader of this.#all) bytes += lagOf(reader);
    return bytes;
  }

  /** To be called when there is more for `reader`. */
  check(reader: Reader): void {
    const lag = lagOf(reader);
    if (lag <= KEEPS_UP) return;
    if (lag > MAX_LAG) this.#cut(reader);
    let held = this.held;
    if (held <= this.#maxHeld) return;
    for (const slow of [...this.#all].sort((a, b) => lagOf(b) - lagOf(a))) {
      held -= lagOf(slow);
      this.#cut(slow);
      if (held <= this.#maxHeld) return;
    }
  }

  /** Does `load` when fewer than LOADS others are at it. */
  async loading<T>(load: () => Promise<T>): Promise<T> {
    if (this.#loads >= LOADS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#loads += 1;
    try {
      return await load();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#loads -= 1;
      else next();
    }
  }

  #cut(reader: Reader): void {
    this.#all.delete(reader);
    reader.cut = true;
    reader.to.destroy();
  }
}

const lagOf = ({ to, held }: Reader) => to.writableLength + held;

/** When the reader has taken what was written, or is gone. */
export async function drained(to: Writable): Promise<void> {
  if (!to.writableNeedDrain || to.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.on('drain', done).on('close', done);
  });
}
