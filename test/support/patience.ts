/**
 * How long a test waits for a condition. Nothing takes that long by itself: another program may use every core
 * meanwhile, and a test that fails must mean a fault and not a busy machine. Milliseconds.
 */
export const PATIENCE_MS = 90_000;
