import { errorMessage } from '@longrun/shared';
import { useEffect } from 'react';
import type { Live, Stop } from './live/live.ts';
import { useServices } from './services.ts';

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

/** Listens while the component is there. Both functions must be stable. */
export function useLive(listen: (live: Live) => Stop, failed: (error: Error) => void): void {
  const { live } = useServices();
  useEffect(() => attach(live, listen, failed), [live, listen, failed]);
}
