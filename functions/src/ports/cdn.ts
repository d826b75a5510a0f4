/** What a content delivery network says of emptying its cache. */
export interface CdnPurge {
  /** By which `look` finds it. */
  name: string;
  done: boolean;
  /** 0 to 100. */
  progress: number;
  /** Why it ended without effect, in words; null when it did not. */
  error: string | null;
}

/** Throws CdnError when the network cannot be asked or refuses. */
export interface Cdn {
  /**
   * Starts to empty the cache of one path, or of all below one (`/assets/*`). `requestId`, a UUID, makes asking again
   * harmless.
   */
  purge(path: string, requestId: string): Promise<CdnPurge>;
  look(name: string): Promise<CdnPurge>;
}

/** The message says what to do. `retryable`: the same call may succeed later. */
export class CdnError extends Error {
  readonly retryable: boolean;

  constructor(message: string, options: ErrorOptions & { retryable: boolean }) {
    super(message, options);
    this.name = 'CdnError';
    this.retryable = options.retryable;
  }
}
