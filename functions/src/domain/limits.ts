/** How long a worker's claim counts without a sign of life: three missed heartbeats. Milliseconds. */
export const LEASE_MS = 15_000;
export const HEARTBEAT_MS = 5_000;

/**
 * A task that arrives for a run that is held asks the holder for a sign of life. One that is silent for this long
 * is gone: the log keeps it from writing should it live after all. Milliseconds.
 */
export const PROBE_MS = 2_000;

/** A run that was created or handed over, but that no worker took within this time, is enqueued again. */
export const DISPATCH_GRACE_MS = 30_000;

/** How often a run that waits for another one on its thread is looked at. */
export const TURN_CHECK_MS = 300_000;

/** Attempts in a row without one finished step before a run is given up as poison. */
export const MAX_FAILURES = 5;

/**
 * An ended run is tidied up after this long: far beyond any request that could still write to its log. Milliseconds.
 */
export const TIDY_AFTER_MS = 3_600_000;

/** Firestore's own deletion is only for what the housekeeping has missed for this long. Milliseconds. */
export const TTL_GRACE_MS = 24 * 3_600_000;

/** Terminal runs are kept this long unless configured otherwise. */
export const DEFAULT_TTL_HOURS = 48;
