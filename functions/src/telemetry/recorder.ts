import { errorMessage } from '@longrun/shared';
import { log } from './log.ts';
import type { Span } from './span.ts';

/** Sends spans, by trace. Resolves when they were taken, rejects when they were not. */
export type Exporter = (spans: ReadonlyMap<string, Span[]>) => Promise<void>;

/** Spans wait here while the exporter is away; the newest are dropped beyond it. */
const MAX_SPANS = 20_000;
/** A Cloud Trace that is switched off would otherwise be told of with every request. Milliseconds. */
const WARN_EVERY_MS = 60_000;

/** Spans of this process that wait to be sent. */
export class Recorder {
  readonly #export: Exporter;
  #pending = new Map<string, Span[]>();
  #count = 0;
  /** Since the last warning. */
  #lost = 0;
  #warnFrom = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(exporter: Exporter) {
    this.#export = exporter;
  }

  add(traceId: string, span: Span): void {
    if (this.#count >= MAX_SPANS) {
      this.#lost += 1;
      return;
    }
    this.#count += 1;
    const spans = this.#pending.get(traceId);
    if (spans === undefined) this.#pending.set(traceId, [span]);
    else spans.push(span);
  }

  /**
   * Sends what waits. Resolves when it was taken, or after `ms`: then it goes on by itself. Never rejects, for a run does
   * not fail because nobody could measure it.
   */
  async flush(ms: number): Promise<void> {
    this.#sending = this.#sending.then(() => this.#send());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#sending, late]);
    clearTimeout(timer);
  }

  async #send(): Promise<void> {
    if (this.#count === 0) return;
    const [spans, count] = [this.#pending, this.#count];
    this.#pending = new Map();
    this.#count = 0;
    try {
      await this.#export(spans);
      if (this.#lost > 0) this.#warn('More came than could be sent.');
    } catch (error) {
      this.#lost += count;
      this.#warn(errorMessage(error));
    }
  }

  #warn(error: string): void {
    if (performance.now() < this.#warnFrom) return;
    this.#warnFrom = performance.now() + WARN_EVERY_MS;
    log.warn('Spans were lost.', { spans: this.#lost, error });
    this.#lost = 0;
  }
}
