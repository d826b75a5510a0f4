import { isTerminal, type Run } from '@longrun/shared';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useNow } from '../../lib/clock.ts';
import { duration } from '../../lib/format.ts';
import { ChevronIcon, CloseIcon, RunIcon, AskIcon, CheckIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { CancelButton } from '../runs/cancel-button.tsx';
import { useNames } from '../runs/graphs.ts';
import { activity, elapsed, Status } from '../runs/status.tsx';
import { useCancelling, useOpenRuns } from '../runs/use-runs.ts';
import { summaryOf } from './summary.ts';

/**
 * What goes on, on every page. It stands below the page instead of over it, and opens to one line for each run; a
 * run that ends turns into its result and stays until it was seen.
 */
export function Dock() {
  const { book } = useServices();
  const unseen = useStore(book.unseen);
  const [unfolded, setUnfolded] = useState(false);
  const [path] = useLocation();
  const here = path.startsWith('/runs/') ? path.slice('/runs/'.length) : null;
  const open = useOpenRuns();
  const asking = open.filter((run) => run.status === 'interrupted');
  const active = [...asking, ...open.filter((run) => run.status !== 'interrupted')];
  const ended = [...unseen].flatMap((id) => book.get(id) ?? []).filter((run) => isTerminal(run.status));
  const runs = [...active, ...ended];
  if (runs.length === 0) return null;
  const summary = summaryOf(active, ended.length);
  const first = runs.find((run) => run.run_id !== here);
  return (
    <section className="dock" aria-label="Activity">
      <div className="dock-inner">
        {unfolded && (
          <ul>
            {runs.map((run) => (
              <DockLine key={run.run_id} run={run} />
            ))}
          </ul>
        )}
        <div className="dock-bar">
          <button
            type="button"
            className="dock-pill"
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
          >
            <span className={`tone-${summary.tone}`}>
              {summary.tone === 'go' ? <RunIcon /> : summary.tone === 'ask' ? <AskIcon /> : <CheckIcon />}
            </span>
            {summary.text}
            <ChevronIcon />
          </button>
          {!unfolded && first !== undefined && <Glimpse run={first} />}
        </div>
      </div>
    </section>
  );
}

function Glimpse({ run }: { run: Run }) {
  const names = useNames(run.assistant_id);
  const live = !isTerminal(run.status);
  const now = useNow(live);
  const doing = activity(run, names.step);
  return (
    <Link href={`/runs/${run.run_id}`} className="glimpse">
      <b>{run.title}</b>
      <span className="num soft">{duration(elapsed(run, now), live)}</span>
      <span className="soft">{isTerminal(run.status) ? <Status status={run.status} /> : doing}</span>
    </Link>
  );
}

function DockLine({ run }: { run: Run }) {
  const { book } = useServices();
  const names = useNames(run.assistant_id);
  const cancelling = useCancelling(run);
  const live = !isTerminal(run.status);
  const now = useNow(live);
  const { progress } = run;
  return (
    <li data-run={run.run_id} className={run.status === 'interrupted' ? 'asks' : live ? '' : 'ended'}>
      <Link href={`/runs/${run.run_id}`}>
        <b>{run.title}</b>
        <span className="soft">{activity(run, names.step)}</span>
      </Link>
      <span className="dock-progress">
        {progress?.total !== undefined && progress.done !== undefined && (
          <progress aria-label="Progress" max={progress.total} value={progress.done} />
        )}
      </span>
      <Status status={run.status} cancelling={cancelling} />
      <span className="num soft">{duration(elapsed(run, now), live)}</span>
      <span className="dock-act">
        {run.status === 'interrupted' && (
          <Link className="button small" href={`/runs/${run.run_id}`} aria-label={`Answer ${run.title}`}>
            Answer
          </Link>
        )}
        {isTerminal(run.status) ? (
          <button
            type="button"
            className="quiet small"
            aria-label={`Put away ${run.title}`}
            onClick={() => book.seen(run.run_id)}
          >
            <CloseIcon />
          </button>
        ) : (
          <CancelButton run={run} small />
        )}
      </span>
    </li>
  );
}
