import type { RunError, RunEvent } from '@longrun/shared';
import { useMemo } from 'react';
import { duration, exact, plural } from '../../lib/format.ts';
import { errorWords } from './error-words.ts';

interface Attempt {
  attempt: number;
  startedAt: number;
  endedAt: number | null;
  end: 'open' | 'failed' | 'handed on' | 'cut off' | 'asked' | 'ended';
  error: RunError | null;
}

/** What each attempt came to; one attempt needs no history. */
export function Attempts({ events }: { events: readonly RunEvent[] }) {
  const attempts = useMemo(() => attemptsIn(events), [events]);
  if (attempts.length < 2) return null;
  return (
    <details className="attempts">
      <summary>{plural(attempts.length, 'attempt')}</summary>
      <ol>
        {attempts.map((one) => (
          <li key={one.attempt}>
            <span className="num" title={exact(one.startedAt)}>
              {one.attempt}
            </span>
            <span>{wordsOf(one)}</span>
            <span className="num soft">
              {one.endedAt === null ? '' : duration(one.endedAt - one.startedAt)}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function wordsOf({ end, error }: Attempt): string {
  if (error !== null)
    return errorWords(error) === null ? error.message : `${errorWords(error)}: ${error.message}`;
  switch (end) {
    case 'open':
      return 'goes on';
    case 'failed':
      return 'failed';
    case 'handed on':
      return 'handed to the next worker';
    case 'cut off':
      return 'interrupted by a restart';
    case 'asked':
      return 'asked, and slept until the answer';
    case 'ended':
      return 'ended with the run';
    default:
      return end satisfies never;
  }
}

function attemptsIn(events: readonly RunEvent[]): Attempt[] {
  const attempts: Attempt[] = [];
  let lastAt = 0;
  const close = (end: Attempt['end'], at: number, error: RunError | null) => {
    const last = attempts.at(-1);
    if (last?.end === 'open') attempts[attempts.length - 1] = { ...last, end, endedAt: at, error };
  };
  for (const event of events) {
    switch (event.type) {
      case 'attempt.started':
        close('cut off', lastAt, null);
        attempts.push({
          attempt: event.attempt,
          startedAt: event.at,
          endedAt: null,
          end: 'open',
          error: null,
        });
        break;
      case 'attempt.ended':
        close(event.reason === 'failed' ? 'failed' : 'handed on', event.at, event.error ?? null);
        break;
      case 'run.failed':
        close('failed', event.at, event.error);
        break;
      case 'interrupt.opened':
        close('asked', event.at, null);
        break;
      case 'run.completed':
      case 'run.cancelled':
        close('ended', event.at, null);
        break;
      default:
        break;
    }
    lastAt = event.at;
  }
  return attempts;
}
