/** How long a worker's claim counts without a sign of life: three missed heartbeats. Milliseconds. */
export const LEASE_MS = 15_000;
export const HEARTBEAT_MS = 5_000;

/**
 * A task that arrives for a run that is held asks the holder for a sign of life. One that is silent for this long
 * is gone: the log keeps it from writing should it live after all. Milliseconds.
 */
export const PROBE_MS = 3_000;

/** The thread of a worker answers for it when its event loop has stood still for this long. Milliseconds. */
export const BLOCKED_MS = 750;

/** A run that was created or handed over, but that no worker took within this time, is enqueued again. */
export const DISPATCH_GRACE_MS = 30_000;

/** How long after that the sweeper looks at the run again: tasks are not lost, so the second one is there as well. */
export const SWEEP_AGAIN_MS = 600_000;

/** How often a run that waits for another one on its thread is looked at. */
export const TURN_CHECK_MS = 300_000;

/** Attempts in a row that failed without one finished step before a run is given up. */
export const MAX_FAILURES = 5;

/** Likewise those that ended the process in which the run was executed alone. */
export const MAX_DEATHS = 3;

/** Likewise those of which nothing was heard any more. More, for they may have been lost for reasons that are not the run's. */
export const MAX_LOST = 10;

/**
 * An ended run is tidied up after this long: far beyond any request that could still write to its log. Milliseconds.
 */
export const TIDY_AFTER_MS = 3_600_000;

/** Firestore's own deletion is only for what the housekeeping has missed for this long. Milliseconds. */
export const TTL_GRACE_MS = 24 * 3_600_000;

/** Terminal runs are kept this long unless configured otherwise. */
export const DEFAULT_TTL_HOURS = 48;
