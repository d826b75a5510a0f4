import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../thread/start.ts';
import type { Format } from './formats.ts';
import type { Parsed } from './parsed.ts';

/** A document that takes longer is meant to. Milliseconds. */
const MAX_MS = 10_000;
/** Of the objects and buffers that reading one document may take. */
const MAX_MB = 300;
/** How often a document's memory is looked at: buffers have no limit that the engine would keep. Milliseconds. */
const LOOK_MS = 50;

export interface ParserLimits {
  maxMs?: number;
  maxMb?: number;
}

/** What the thread is asked, and what it answers; before that it says once that it is there. */
export interface ParseRequest {
  format: Format;
  bytes: Uint8Array;
}
export type ParseAnswer = { parsed: Parsed } | { reason: string };

/**
 * Reads documents in a thread of its own, which is ended when one takes too long or too much memory: some are made for
 * that, and the libraries that read them were made for others. One document at a time.
 */
export class Parser {
  readonly #maxMs: number;
  readonly #maxMb: number;
  #worker: Worker | undefined;
  #waiting: ((answer: ParseAnswer) => void) | undefined;

  constructor({ maxMs = MAX_MS, maxMb = MAX_MB }: ParserLimits = {}) {
    this.#maxMs = maxMs;
    this.#maxMb = maxMb;
  }

  /** Throws with the reason when the document cannot be read. */
  async parse(format: Format, bytes: Uint8Array): Promise<Parsed> {
    const worker = await this.#started();
    const timer = setTimeout(
      () => this.#end(worker, `It takes more than ${this.#maxMs / 1_000} s to read.`),
      this.#maxMs,
    );
    const watch = setInterval(() => void this.#look(worker), LOOK_MS);
    const answer = await new Promise<ParseAnswer>((resolve) => {
      this.#waiting = resolve;
      worker.postMessage({ format, bytes } satisfies ParseRequest, []);
    });
    this.#waiting = undefined;
    clearTimeout(timer);
    clearInterval(watch);
    if ('reason' in answer) throw new Error(answer.reason);
    return answer.parsed;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #started(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = startThread('parse', { maxMb: this.#maxMb });
    // The time that a thread takes to begin is no document's.
    await once(worker, 'message');
    worker.on('message', (answer: ParseAnswer) => this.#waiting?.(answer));
    worker.on('error', (error) => {
      const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(worker, outOfMemory ? this.#tooLarge() : error.message);
    });
    worker.on('exit', (code) => this.#end(worker, `Reading it ended the reader (exit code ${code}).`));
    this.#worker = worker;
    return worker;
  }

  /** The next document gets another thread. What this one still says is about a document of which all is known. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#waiting?.({ reason });
    void worker.terminate();
  }

  async #look(worker: Worker): Promise<void> {
    try {
      const { used_heap_size, external_memory } = await worker.getHeapStatistics();
      if (used_heap_size + external_memory > this.#maxMb * 1_000_000) this.#end(worker, this.#tooLarge());
    } catch {
      // It has not begun, or has ended, which is heard otherwise.
    }
  }

  #tooLarge(): string {
    return `It takes more than ${this.#maxMb} MB of memory to read.`;
  }
}
