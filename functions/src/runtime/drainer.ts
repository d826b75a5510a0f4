import { atLeast } from '../lib/version.ts';
import { Drained } from './stop-reasons.ts';

/** From here on LangGraph looks at `config.control` between super-steps. Source: its `pregel/loop`, `pregel/runtime`. */
const READS_CONTROL = '1.4.0';

/** Hands a run over after the super-step that goes on, in every version of LangGraph. */
export class Drainer {
  /** What LangGraph reads of its own RunControl; a class of one copy would not be that of another. */
  readonly control = { drainRequested: false, drainReason: 'handed over' };
  readonly #request: AbortSignal;
  readonly #readsControl: boolean;
  readonly #aborted = new AbortController();

  constructor(request: AbortSignal, version: string) {
    this.#request = request;
    this.#readsControl = atLeast(version, READS_CONTROL);
    if (request.aborted) this.#drain();
    request.addEventListener('abort', this.#drain, { once: true });
  }

  /** Aborts at a boundary, for versions that do not look themselves. What they began meanwhile is made again. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  /** A super-step is durable. */
  atBoundary(): void {
    if (this.control.drainRequested && !this.#readsControl) this.#aborted.abort(new Drained());
  }

  close(): void {
    this.#request.removeEventListener('abort', this.#drain);
  }

  readonly #drain = (): void => {
    this.control.drainRequested = true;
  };
}
