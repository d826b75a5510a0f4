import { createStore } from '../../lib/store.ts';

export type ConnectionState = { kind: 'ok' } | { kind: 'lost'; nextTryAt: number } | { kind: 'trying' };

/** A break that heals within this time is not worth a word. Milliseconds. */
const GRACE_MS = 1_500;
const PAUSES_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** How long an attempt may take until it counts as failed. */
const PATIENCE_MS = 4_000;

/** Knows whether what the page shows is up to date, and tries again while it is not. */
export class Connection {
  readonly state = createStore<ConnectionState>({ kind: 'ok' });
  readonly #reconnect: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(reconnect: () => Promise<void>) {
    this.#reconnect = reconnect;
  }

  /** Begins to hear the browser's own signals. */
  listen(): void {
    addEventListener('offline', () => this.#lose());
    addEventListener('online', () => this.tryNow());
  }

  /** A listener said whether it is up to date. */
  report(current: boolean): void {
    if (current) {
      this.#failures = 0;
      this.#after(undefined);
      this.state.set({ kind: 'ok' });
    } else if (this.state.get().kind === 'ok' && this.#timer === undefined) {
      this.#after(GRACE_MS, () => this.#lose());
    }
  }

  tryNow(): void {
    if (this.state.get().kind === 'ok') return;
    this.state.set({ kind: 'trying' });
    this.#after(PATIENCE_MS, () => this.#lose());
    // A failure shows as the patience running out.
    this.#reconnect().catch(() => this.#lose());
  }

  #lose(): void {
    const pause = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)] ?? GRACE_MS;
    this.#failures += 1;
    this.state.set({ kind: 'lost', nextTryAt: Date.now() + pause });
    this.#after(pause, () => this.tryNow());
  }

  #after(ms: number | undefined, then: () => void = () => undefined): void {
    clearTimeout(this.#timer);
    this.#timer = ms === undefined ? undefined : setTimeout(then, ms);
  }
}
