import { useCallback, useState } from 'react';
import type { Run } from '@longrun/shared';
import type { Live, RunFilter, RunPage } from '../../lib/live/live.ts';
import { useServices } from '../../lib/services.ts';
import { useLive } from '../../lib/use-live.ts';

export type Since = '' | '1d' | '7d' | '30d';

const DAYS: Record<Exclude<Since, ''>, number> = { '1d': 1, '7d': 7, '30d': 30 };
const DAY_MS = 86_400_000;

interface State {
  ids: string[] | null;
  /** New runs that wait until the person wants to see them. */
  held: string[];
  next: RunPage['more'];
  error: Error | null;
  loading: boolean;
}

const START: State = { ids: null, held: [], next: null, error: null, loading: false };

/**
 * A filtered list that never jumps: its rows stay where they are and change in place; runs that are new wait behind
 * a button; those that do not match any more stay until the filter changes. `filter` must be stable: another filter is
 * another list.
 */
export function useRunList(filter: RunFilter, since: Since) {
  const { book } = useServices();
  const [state, setState] = useState(START);

  const take = useCallback(
    (page: RunPage): { ids: string[]; next: RunPage['more'] } => {
      for (const run of page.runs) book.put(run);
      const from = since === '' ? '' : new Date(Date.now() - DAYS[since] * DAY_MS).toISOString();
      const inTime = page.runs.filter((run: Run) => run.created_at >= from);
      return {
        ids: inTime.map((run) => run.run_id),
        next: inTime.length < page.runs.length ? null : page.more,
      };
    },
    [book, since],
  );

  const failed = useCallback((error: Error) => setState((now) => ({ ...now, loading: false, error })), []);
  const listen = useCallback(
    (live: Live) =>
      live.watchRuns(filter, {
        next(page) {
          const { ids, next } = take(page);
          setState((now) => {
            if (now.ids === null) return { ids, held: [], next, error: null, loading: false };
            const known = new Set(now.ids);
            return { ...now, error: null, held: ids.filter((id) => !known.has(id)) };
          });
        },
        error: failed,
      }),
    [filter, take, failed],
  );
  useLive(listen, failed);

  const { next, loading } = state;
  const more = useCallback(() => {
    if (next === null || loading) return;
    setState((now) => ({ ...now, loading: true }));
    const read = async () => {
      try {
        const page = take(await next());
        setState((now) => ({
          ...now,
          loading: false,
          ids: [...new Set([...(now.ids ?? []), ...page.ids])],
          next: page.next,
        }));
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    };
    void read();
  }, [next, loading, take, failed]);

  const showNew = useCallback(() => {
    setState((now) => ({ ...now, ids: [...now.held, ...(now.ids ?? [])], held: [] }));
    scrollTo({ top: 0 });
  }, []);

  return {
    ids: state.ids,
    waiting: state.held.length,
    error: state.error,
    loading,
    more: next === null ? null : more,
    showNew,
  };
}
