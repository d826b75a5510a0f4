import type { Services } from '../../lib/services.ts';
import type { Live, RunPage, Stop } from '../../lib/live/live.ts';

/** The runs that every part of the page shows: the newest, and older ones that have not ended. */
export function followRuns({ book, connection, trouble }: Services, live: Live): Stop {
  const error = (cause: Error) => trouble.set(cause);
  let stopOlder: Stop = () => undefined;
  let bound: string | null = null;

  /** Listens only where there may be something: beyond a full list, and anew when a run that goes on leaves it. */
  function lookBeyond(page: RunPage): void {
    const oldest = page.runs.at(-1)?.created_at;
    if (page.more === null || oldest === undefined) return;
    const since = bound;
    if (since !== null && !book.openRuns().some((run) => run.created_at > since && run.created_at <= oldest))
      return;
    if (since === oldest) return;
    stopOlder();
    bound = oldest;
    stopOlder = live.watchOlderActive(oldest, { next: (runs) => book.setOlder(runs), error });
  }

  const stop = live.watchRuns(
    {},
    {
      next(page, current) {
        connection.report(current);
        book.setRecent(page.runs);
        lookBeyond(page);
      },
      error,
    },
  );
  return () => {
    stop();
    stopOlder();
  };
}
