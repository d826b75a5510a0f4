import { atLeast } from '../../lib/version.ts';
import { Drained } from './stop-reasons.ts';

/** From here on LangGraph looks at `config.control` between super-steps. Source: its `pregel/loop`, `pregel/runtime`. */
const READS_CONTROL = '1.4.0';

/** Hands a run over after the super-step that goes on, in every version of LangGraph. */
export class Drainer {
  /** What LangGraph reads of its own RunControl; a class of one copy would not be that of another. */
  readonly control = { drainRequested: false, drainReason: 'handed over' };
  /** Whether it stopped the graph itself. */
  stopped = false;
  readonly #request: AbortSignal;
  readonly #readsControl: boolean;

  constructor(request: AbortSignal, version: string) {
    this.#request = request;
    this.#readsControl = atLeast(version, READS_CONTROL);
    if (request.aborted) this.#drain();
    request.addEventListener('abort', this.#drain, { once: true });
  }

  /**
   * Called by LangGraph when the tasks of a super-step have ended and before the next begins. Versions that do not look
   * themselves are stopped by an error here: what the tasks wrote is stored, and the next attempt goes on from it.
   */
  atBoundary(): void {
    if (!this.control.drainRequested || this.#readsControl) return;
    this.stopped = true;
    throw new Drained();
  }

  close(): void {
    this.#request.removeEventListener('abort', this.#drain);
  }

  readonly #drain = (): void => {
    this.control.drainRequested = true;
  };
}
