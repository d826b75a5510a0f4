import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log that is larger becomes `.log.1`, in place of the one before. */
const MAX_BYTES = 20_000_000;

/**
 * The log of one part, of bounded size however long it runs. It is the last thing for which anything may stop: on a full disk
 * lines are lost, which is said once, and the file says how many when it can be written again.
 */
export class RotatingLog {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #say: (line: string) => void;
  #file: number | undefined;
  #bytes = 0;
  #lost = 0;

  constructor(path: string, say: (line: string) => void, maxBytes = MAX_BYTES) {
    this.#path = path;
    this.#say = say;
    this.#maxBytes = maxBytes;
  }

  /** Never throws. */
  write(text: string): void {
    try {
      this.#put(this.#lost === 0 ? text : `(${this.#lost} pieces of this log could not be written)\n${text}`);
      this.#lost = 0;
    } catch (error) {
      if (this.#lost === 0) {
        const why = error instanceof Error ? error.message : String(error);
        this.#say(`${this.#path} cannot be written (${why}). All goes on, without this log for now.`);
      }
      this.#lost += 1;
      this.#close();
    }
  }

  #put(text: string): void {
    const file = (this.#file ??= this.#open());
    writeAll(file, Buffer.from(text));
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes <= this.#maxBytes) return;
    this.#close();
    renameSync(this.#path, `${this.#path}.1`);
  }

  #open(): number {
    const file = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(file).size;
    return file;
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}

/** A disk that is almost full takes a part of what it is given. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
