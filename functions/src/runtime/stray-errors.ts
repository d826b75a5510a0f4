import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose code is being executed: an attempt at a run. */
interface Attempt {
  run_id: string;
  /** Ends the attempt with this error. */
  fail(error: unknown): void;
}

const attempts = new AsyncLocalStorage<Attempt>();

/** Everything that `work` starts, timers and callbacks too, is known to belong to the attempt. */
export const asAttempt = <T>(attempt: Attempt, work: () => T): T => attempts.run(attempt, work);

/**
 * The attempt whose code threw, within a handler of `uncaughtException` or `unhandledRejection`. Undefined for the
 * process's own.
 */
export const attemptThatThrew = (): Attempt | undefined => attempts.getStore();
