import type { ActiveRun, AdminOverview } from '@longrun/shared';
import { useNow } from '../../lib/clock.ts';
import { duration, exact, plural } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { useNames } from '../runs/graphs.ts';
import { Status } from '../runs/status.tsx';
import { Panel } from '../../lib/panel.tsx';
import { RunIds, RunTitle } from './run-ids.tsx';
import type { Reading } from '../../lib/use-reading.ts';

/** Runs of everyone that have not ended. */
export function ActiveRuns({ overview }: { overview: Reading<AdminOverview> }) {
  return (
    <Panel title="Runs that go on" reading={overview}>
      {({ active }) =>
        active.length === 0 ? (
          <p className="empty">Nothing runs, and nobody is asked.</p>
        ) : (
          <ul className="rows">
            {active.map((run) => (
              <Row key={`${run.owner}/${run.run_id}`} run={run} />
            ))}
          </ul>
        )
      }
    </Panel>
  );
}

function Row({ run }: { run: ActiveRun }) {
  const names = useNames(run.assistant_id);
  const now = useNow();
  const me = useStore(useServices().person)?.uid;
  const created = Date.parse(run.created_at);
  const doing = [
    names.graph,
    ...new Set(run.nodes.map(names.step)),
    ...(run.attempt > 1 ? [plural(run.attempt, 'attempt')] : []),
  ];
  return (
    <li className="row run-row" data-run={run.run_id}>
      <Status status={run.status} theirs={me !== run.owner} />
      <span className="title">
        <RunTitle owner={run.owner} runId={run.run_id} title={run.title} />
        <span className="soft">{doing.join(' · ')}</span>
        <RunIds owner={run.owner} runId={run.run_id} />
      </span>
      <span className="num soft" title={`Asked ${exact(created)}`}>
        {duration(now - created, true)}
      </span>
    </li>
  );
}
