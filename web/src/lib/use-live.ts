import { useEffect } from 'react';
import { attach } from './live/attach.ts';
import type { Live, Stop } from './live/live.ts';
import { useServices } from './services.ts';

/** Listens while the component is there. Both functions must be stable. */
export function useLive(listen: (live: Live) => Stop, failed: (error: Error) => void): void {
  const { live } = useServices();
  useEffect(() => attach(live, listen, failed), [live, listen, failed]);
}
