import { errorMessage, type Run } from '@longrun/shared';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { ApiError } from '../../lib/api.ts';
import { RetryIcon } from '../../lib/icons.tsx';
import { quotaWords } from '../../lib/quota-words.ts';
import { useServices } from '../../lib/services.ts';

/** A new run that goes on from the last checkpoint of this one. */
export function TryAgain({ run }: { run: Run }) {
  const { api, book, notices } = useServices();
  const [, go] = useLocation();
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const again = async () => {
    setState({ busy: true, error: null });
    notices.say('Trying again');
    try {
      const made = await api.retryRun(run.run_id);
      book.addRecent(made);
      if (here.current) go(`/runs/${made.run_id}`);
    } catch (error) {
      if (here.current) setState({ busy: false, error: reasonOf(error) });
    }
  };
  return (
    <>
      {state.error !== null && (
        <p className="wrong whole" role="alert">
          Not started: {state.error}
        </p>
      )}
      <button type="button" className="primary" disabled={state.busy} onClick={() => void again()}>
        <RetryIcon />
        {state.busy ? 'One moment…' : 'Try again'}
      </button>
    </>
  );
}

function reasonOf(error: unknown): string {
  const quota = error instanceof ApiError ? quotaWords(error) : null;
  return quota === null ? errorMessage(error) : `${quota.title}. ${quota.text}`;
}

/** The same request once more, from its beginning. */
export function AskAgain({ run }: { run: Run }) {
  const { creations } = useServices();
  const [, go] = useLocation();
  if (run.input === null) return null;
  const again = () => {
    const id = creations.start({
      assistant_id: run.assistant_id,
      thread_id: run.thread_id,
      multitask_strategy: 'enqueue',
      input: run.input,
    });
    go(`/runs/${id}`);
  };
  return (
    <button type="button" onClick={again}>
      Ask again from the start
    </button>
  );
}
