import { isTerminal, type Run } from '@longrun/shared';
import { memo } from 'react';
import { Link } from 'wouter';
import { useNow } from '../../lib/clock.ts';
import { ago, duration, exact } from '../../lib/format.ts';
import { useNames } from './graphs.ts';
import { activity, elapsed, Status } from './status.tsx';
import { useCancelling, useRun } from './use-runs.ts';

/** One run in a list. It follows its run by itself, so that a change draws one line and not the list. */
export const RunLine = memo(function RunLine({ id }: { id: string }) {
  const run = useRun(id);
  return run === undefined ? null : <Known run={run} />;
});

function Known({ run }: { run: Run }) {
  const names = useNames(run.assistant_id);
  const cancelling = useCancelling(run);
  const live = !isTerminal(run.status);
  const now = useNow();
  const created = Date.parse(run.created_at);
  const doing = activity(run, names.step);
  return (
    <Link className="run-line" href={`/runs/${run.run_id}`} data-row data-run={run.run_id}>
      <Status status={run.status} cancelling={cancelling} />
      <span className="title">
        <b>{run.title}</b>
        <span className="soft">
          {names.graph}
          {doing !== '' && ` · ${doing}`}
        </span>
      </span>
      <span className="num soft took">{duration(elapsed(run, now), live)}</span>
      <time className="num soft" dateTime={run.created_at} title={exact(created)}>
        {ago(created, now)}
      </time>
    </Link>
  );
}
