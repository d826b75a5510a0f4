import type { Duplex } from 'node:stream';
import type { Request, Response } from 'express';

/** The platform allows ten seconds between the signal and the end. Milliseconds. */
const GRACE_MS = 8_000;

/** Requests that are being answered, so that a process which is told to stop ends none of them in the middle. */
export class OpenRequests {
  readonly #open = new Set<Response | Duplex>();
  readonly #closing = new AbortController();
  #onIdle: (() => void) | undefined;

  /** Aborts when the process is about to stop: what would wait for long ends now, and its client comes again. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Counts a request until its answer was sent or its client is gone. */
  track(_req: Request, res: Response): void {
    if (this.closing.aborted) res.setHeader('connection', 'close');
    this.hold(res);
  }

  /** Counts a connection that is no request any more until it is closed. */
  hold(open: Response | Duplex): void {
    this.#open.add(open);
    open.once('close', () => {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#onIdle?.();
    });
  }

  /** Resolves when every answer was sent, or after GRACE_MS. */
  async drained(): Promise<void> {
    this.#closing.abort();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GRACE_MS);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
