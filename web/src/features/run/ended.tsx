import type { Run, RunError, RunView } from '@longrun/shared';
import { Link } from 'wouter';
import { CopyButton } from '../../lib/copy-button.tsx';
import { FailIcon, StopIcon } from '../../lib/icons.tsx';
import { Attempts } from './attempts.tsx';
import { errorHelp, errorWords } from './error-words.ts';
import { AskAgain, TryAgain } from './try-again.tsx';

interface Props {
  run: Run;
  view: RunView;
  retriedBy: string | null;
}

/** What went wrong or was stopped: what happened, what is kept, what to do next. */
export function Ended({ run, view, retriedBy }: Props) {
  if (run.status === 'cancelled') return <Cancelled run={run} retriedBy={retriedBy} />;
  if (run.error === null || run.status === 'completed') return null;
  return run.status === 'failed' ? (
    <Failed run={run} view={view} error={run.error} retriedBy={retriedBy} />
  ) : (
    <TriesByItself run={run} view={view} error={run.error} />
  );
}

function Failed({ run, view, error, retriedBy }: Props & { error: RunError }) {
  return (
    <section className="box bad" aria-label="The run failed">
      <FailIcon />
      <div>
        <h2>{errorWords(error) ?? 'The run failed'}</h2>
        <p className="reason">{error.message}</p>
        <p className="soft">What was finished before is kept, and is not done twice. {errorHelp(error)}</p>
        <Attempts events={view.events} />
        <div className="acts">
          <Again run={run} retriedBy={retriedBy} />
          <CopyButton text={detailsOf(run, error)} label="Copy details" />
        </div>
      </div>
    </section>
  );
}

function TriesByItself({ run, view, error }: { run: Run; view: RunView; error: RunError }) {
  return (
    <section className="box ask" aria-label="An attempt failed">
      <FailIcon />
      <div>
        <h2>{errorWords(error) ?? 'An attempt failed'}. The run tries again by itself.</h2>
        <p className="reason">{error.message}</p>
        <p className="soft">What was finished before is kept, and is not done twice.</p>
        <Attempts events={view.events} />
        <div className="acts">
          <CopyButton text={detailsOf(run, error)} label="Copy details" />
        </div>
      </div>
    </section>
  );
}

function Cancelled({ run, retriedBy }: { run: Run; retriedBy: string | null }) {
  return (
    <section className="box plain" aria-label="The run was cancelled">
      <StopIcon />
      <div>
        <h2>Cancelled</h2>
        <p className="soft">
          {run.steps_done > 0
            ? 'What was finished before is kept. Trying again goes on from there.'
            : 'It was stopped before a step was finished.'}
        </p>
        <div className="acts">
          <Again run={run} retriedBy={retriedBy} />
        </div>
      </div>
    </section>
  );
}

function Again({ run, retriedBy }: { run: Run; retriedBy: string | null }) {
  if (retriedBy !== null) {
    return (
      <Link className="button" href={`/runs/${retriedBy}`}>
        See the run that went on
      </Link>
    );
  }
  return (
    <>
      <TryAgain run={run} />
      <AskAgain run={run} />
    </>
  );
}

function detailsOf(run: Run, error: RunError): string {
  return JSON.stringify({ run_id: run.run_id, attempt: run.attempt, ...error }, null, 2);
}
