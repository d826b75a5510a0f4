import { isTerminal, type Run } from '@longrun/shared';
import { Link } from 'wouter';
import { useNow } from '../../lib/clock.ts';
import { cost, duration, exact } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { CancelButton } from '../runs/cancel-button.tsx';
import { DeleteButton } from '../runs/delete-button.tsx';
import { useNames } from '../runs/graphs.ts';
import { activity, elapsed, Status } from '../runs/status.tsx';
import { useCancelling } from '../runs/use-runs.ts';

/** Title, status in words, time, cost and what can be done. */
export function RunHead({ run, sending }: { run: Run; sending: boolean }) {
  const names = useNames(run.assistant_id);
  const { api, book } = useServices();
  const cancelling = useCancelling(run);
  const doing = sending ? 'being sent' : activity(run, names.step);
  return (
    <header className="run-head">
      <div className="crumbs">
        <Link href="/runs">Runs</Link>
        <span aria-hidden="true">/</span>
        <code title={run.run_id}>{run.run_id.slice(0, 8)}</code>
      </div>
      <div className="headline">
        <h1 tabIndex={-1}>{run.title}</h1>
        <div className="acts">
          {isTerminal(run.status) && (
            <Link className="button" href={`/threads/${run.thread_id}`}>
              Open conversation
            </Link>
          )}
          {!sending && <CancelButton run={run} />}
          {isTerminal(run.status) && !sending && (
            <DeleteButton
              what="run"
              title={run.title}
              href="/runs"
              remove={async () => {
                await api.deleteRun(run.run_id);
                book.remove(run.run_id);
              }}
            />
          )}
        </div>
      </div>
      <div className="facts">
        <Status status={run.status} cancelling={cancelling} />
        <Elapsed run={run} />
        {run.usage.cost_usd !== undefined && <span className="num">{cost(run.usage.cost_usd)}</span>}
        <span>
          {names.graph}
          {names.model !== null && ` · ${names.model}`}
        </span>
        {run.retry_of !== null && (
          <span>
            goes on from <Link href={`/runs/${run.retry_of}`}>an earlier run</Link>
          </span>
        )}
        {/* Last, because it changes: what stands before it stays where it is. */}
        {doing !== '' && run.status !== 'failed' && run.status !== 'interrupted' && (
          <span className="doing">{doing}</span>
        )}
      </div>
    </header>
  );
}

function Elapsed({ run }: { run: Run }) {
  const live = !isTerminal(run.status);
  const now = useNow(live);
  return (
    <span className="num" title={`Asked ${exact(Date.parse(run.created_at))}`}>
      {duration(elapsed(run, now), live)}
    </span>
  );
}
