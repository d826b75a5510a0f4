import { errorMessage } from '@longrun/shared';
import type { Live, Stop } from './live.ts';

/** Listens as soon as the connection is there, until the answer is called, whichever comes first. */
export function attach(
  live: () => Promise<Live>,
  listen: (live: Live) => Stop,
  failed: (error: Error) => void,
): Stop {
  let stop: Stop | undefined;
  let stopped = false;
  const open = async () => {
    try {
      const source = await live();
      if (!stopped) stop = listen(source);
    } catch (error) {
      if (!stopped) failed(error instanceof Error ? error : new Error(errorMessage(error)));
    }
  };
  void open();
  return () => {
    stopped = true;
    stop?.();
  };
}
