import { log } from '../telemetry/log.ts';

/**
 * A listener whose exceptions are its own affair: the first one ends it and goes to its error callback, not to the client
 * that called it, where it would end the process and everybody else's listeners. `stop` ends the listening.
 */
export function ownListener<T>(
  onChange: (changed: T) => void,
  onError: (error: Error) => void,
  stop: () => void,
): { change: (changed: T) => void; fail: (error: unknown) => void } {
  let over = false;
  const fail = (thrown: unknown) => {
    if (over) return;
    over = true;
    stop();
    try {
      onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    } catch (error) {
      log.error('A listener failed, and could not be told so.', error);
    }
  };
  return {
    change: (changed) => {
      if (over) return;
      try {
        onChange(changed);
      } catch (error) {
        fail(error);
      }
    },
    fail,
  };
}
