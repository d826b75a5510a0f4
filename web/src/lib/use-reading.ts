import { useCallback, useEffect, useRef, useState } from 'react';

export interface Reading<T> {
  /** The last that was read; it stays when a later reading fails. */
  data: T | null;
  /** When `data` was read. Milliseconds since 1970. */
  at: number | null;
  /** Why the last reading failed; null when it did not. */
  error: Error | null;
  /** What is shown belongs to an earlier question, and the answer to this one is on its way. */
  pending: boolean;
  again: () => void;
}

/**
 * Reads, and again every `everyMs` while someone can see it (null: only when asked). `read` must be stable: another
 * function is another question, asked at once.
 */
export function useReading<T>(read: () => Promise<T>, everyMs: number | null): Reading<T> {
  const [now, set] = useState<Omit<Reading<T>, 'again' | 'pending'> & { of: typeof read }>({
    data: null,
    at: null,
    error: null,
    of: read,
  });
  const look = useRef<() => void>(() => undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let turn = 0;
    const start = () => {
      clearTimeout(timer);
      turn += 1;
      const mine = turn;
      const settle = (change: (before: typeof now) => typeof now) => {
        // A later reading has overtaken this one, or nobody looks any more.
        if (stopped || mine !== turn) return;
        set(change);
        if (everyMs !== null && document.visibilityState === 'visible') timer = setTimeout(start, everyMs);
      };
      read().then(
        (data) => settle(() => ({ data, at: Date.now(), error: null, of: read })),
        (cause: unknown) => {
          const error = cause instanceof Error ? cause : new Error(String(cause));
          settle((before) => ({ ...before, error, of: read }));
        },
      );
    };
    const onVisible = () => {
      if (everyMs === null) return;
      if (document.visibilityState === 'visible') start();
      else clearTimeout(timer);
    };
    look.current = start;
    start();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [read, everyMs]);
  const again = useCallback(() => look.current(), []);
  const { of, ...rest } = now;
  return { ...rest, pending: of !== read, again };
}
