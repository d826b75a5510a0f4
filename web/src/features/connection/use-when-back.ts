import { useEffect } from 'react';
import { useServices } from '../../lib/services.ts';

/** Calls `again` when the connection is there again after `error`. */
export function useWhenBack(error: Error | null, again: () => void): void {
  const { connection } = useServices();
  useEffect(
    () => connection.state.subscribe(() => error !== null && connection.state.get().kind === 'ok' && again()),
    [connection, error, again],
  );
}
