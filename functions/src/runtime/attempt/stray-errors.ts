import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose code is being executed: an attempt at a run. */
interface Attempt {
  run_id: string;
  graph: string;
  /** Ends the attempt with this error. */
  fail(error: unknown): void;
}

const attempts = new AsyncLocalStorage<Attempt>();
const going = new Set<Attempt>();

/** Everything that `work` starts, timers and callbacks too, is known to belong to the attempt until `work` has ended. */
export async function asAttempt<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  going.add(attempt);
  try {
    return await attempts.run(attempt, work);
  } finally {
    going.delete(attempt);
  }
}

/**
 * The attempt whose code threw, within a handler of `uncaughtException` or `unhandledRejection`; undefined for the process's
 * own. `going` is false for what an attempt left behind: a timer, or a connection that it opened and that others use.
 */
export function attemptThatThrew(): { attempt: Attempt; going: boolean } | undefined {
  const attempt = attempts.getStore();
  return attempt === undefined ? undefined : { attempt, going: going.has(attempt) };
}
