import type { Run } from '@longrun/shared';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import type { Followed } from '../run/followers.ts';

export function useRun(id: string): Run | undefined {
  const { book } = useServices();
  return useSyncExternalStore(
    useCallback((listener) => book.subscribe(id, listener), [book, id]),
    () => book.get(id),
  );
}

/** The newest runs; null until they are known. */
export function useRecent(): Run[] | null {
  const { book } = useServices();
  useStore(book.version);
  const ids = useStore(book.recent);
  return ids?.flatMap((id) => book.get(id) ?? []) ?? null;
}

/** Runs that have not ended, however old. */
export function useOpenRuns(): Run[] {
  const { book } = useServices();
  useStore(book.version);
  useStore(book.recent);
  useStore(book.older);
  return book.openRuns();
}

export function useCancelling(run: Pick<Run, 'run_id' | 'cancel_requested'>): boolean {
  const asked = useStore(useServices().cancellations.open);
  return run.cancel_requested || asked.has(run.run_id);
}

/** Follows a run's log while the component is there. */
export function useFollow(runId: string): Followed {
  const { followers } = useServices();
  useEffect(() => followers.follow(runId), [followers, runId]);
  return useStore(followers.of(runId));
}
