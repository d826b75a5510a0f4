import type { Run, RunError } from '@longrun/shared';
import { CopyButton } from '../../lib/copy-button.tsx';
import { FailIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { useLocation } from 'wouter';

/** What happened, what is kept, what to do next. */
export function RunErrorBox({ run, error }: { run: Run; error: RunError }) {
  const { creations } = useServices();
  const [, go] = useLocation();
  const failed = run.status === 'failed';
  const again = () => {
    const id = creations.start({
      assistant_id: run.assistant_id,
      thread_id: run.thread_id,
      input: run.input,
    });
    go(`/runs/${id}`);
  };
  const details = JSON.stringify({ run_id: run.run_id, attempt: run.attempt, ...error }, null, 2);
  return (
    <div className={`box ${failed ? 'bad' : 'ask'}`}>
      <FailIcon />
      <div>
        <strong>{failed ? 'The run failed' : 'An attempt failed; the run tries again by itself'}</strong>
        <p>{error.message}</p>
        <p className="soft">
          What was finished before is kept
          {failed ? '. You can ask again with the same text.' : ', and is not done twice.'}
        </p>
        <div className="acts">
          {failed && run.input !== null && (
            <button type="button" onClick={again}>
              Ask again
            </button>
          )}
          <CopyButton text={details} label="Copy details" />
        </div>
      </div>
    </div>
  );
}
