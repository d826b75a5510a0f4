import type { Run } from '@longrun/shared';
import { useNow } from '../../lib/clock.ts';
import { duration } from '../../lib/format.ts';

/** Silence that is worth a word. Milliseconds. */
const QUIET_MS = 10_000;

/** Says that a quiet run is alive, and since when it is quiet. Its place is reserved, so nothing moves. */
export function Heartbeat({ run, heardAt, at }: { run: Run; heardAt: number; at: number }) {
  const now = useNow();
  const last = Math.max(heardAt, at, Date.parse(run.updated_at));
  const quiet = now - last;
  const text =
    run.status === 'pending'
      ? `still in the queue, asked ${duration(now - Date.parse(run.created_at), true)} ago`
      : `still working, last sign ${duration(quiet, true)} ago`;
  return <p className="heartbeat">{quiet >= QUIET_MS ? text : ''}</p>;
}
