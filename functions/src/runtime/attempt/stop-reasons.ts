/** Another worker took the run, or someone ended it: this worker writes nothing more. */
export class Fenced extends Error {
  constructor() {
    super('Another writer has taken the run; this worker stops.');
    this.name = 'Fenced';
  }
}

/** Someone asked to cancel the run. */
export class CancelRequested extends Error {
  constructor() {
    super('The run was cancelled.');
    this.name = 'CancelRequested';
  }
}

/** The super-step that had begun when the worker was to hand the run over is durable. */
export class Drained extends Error {
  constructor() {
    super('The run is handed over to the next worker.');
    this.name = 'Drained';
  }
}

/** A clock that is behind by more than this will not catch up while somebody waits. Milliseconds. */
const CATCHES_UP_MS = 24 * 3_600_000;
/** Another worker, whose clock is right, may come sooner. Milliseconds. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** A thread whose newest checkpoint lies in what this machine takes for the future. */
export class ClockBehind extends Error {
  /** When to try again; undefined when that has no prospect. Milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(ms: number) {
    const by = ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} minutes`;
    const waits = ms <= CATCHES_UP_MS;
    super(
      `The clock of this machine is ${by} behind the time at which this thread was last worked on. Set it right` +
        `${waits ? ', and the run goes on by itself, as it does when the clock has caught up' : ' and retry the run'}. ` +
        'To go on at once, start a new thread.',
    );
    this.name = 'ClockBehind';
    this.retryAfterMs = waits ? Math.min(ms, LOOK_AGAIN_MS) : undefined;
  }
}
