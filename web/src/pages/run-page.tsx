import { isId, type Run } from '@longrun/shared';
import { useEffect, useRef } from 'react';
import { useTitle } from '../app/title.ts';
import { preloadMarkdown } from '../features/answer/answer.tsx';
import { Article } from '../features/run/article.tsx';
import { RunHead } from '../features/run/run-head.tsx';
import { SendFailed } from '../features/run/send-failed.tsx';
import { Side } from '../features/run/side.tsx';
import { statusWord } from '../features/runs/status.tsx';
import { useFollow, useRun } from '../features/runs/use-runs.ts';
import { Problem } from '../lib/problem.tsx';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';

export function RunPage({ id }: { id: string }) {
  return isId(id) ? <KnownRun key={id} id={id} /> : <Missing />;
}

function KnownRun({ id }: { id: string }) {
  const { book, creations, notices } = useServices();
  const run = useRun(id);
  const { view, state, error, heardAt, retriedBy } = useFollow(id);
  const creation = useStore(creations.open).get(id);
  useTitle(run?.title ?? 'Run');
  useEffect(() => book.look(id), [book, id]);
  useEffect(preloadMarkdown, []);
  const status = useRef(run?.status);
  useEffect(() => {
    if (run !== undefined && status.current !== undefined && status.current !== run.status) {
      notices.say(`The run is now: ${statusWord(run.status)}`);
    }
    status.current = run?.status;
  }, [run, notices]);

  if (run === undefined) {
    if (state === 'missing') return <Missing />;
    if (state === 'failed') {
      return (
        <Problem
          title="This run cannot be read"
          text={error?.message ?? ''}
          detail={`${id}\n${String(error)}`}
        />
      );
    }
    return <Opening />;
  }
  const shown: Run = view.run !== undefined && view.run.head.seq >= run.head.seq ? view.run : run;
  return (
    <div className="page">
      <RunHead run={shown} sending={creation?.state === 'sending'} />
      {creation?.state === 'failed' && <SendFailed creation={creation} title={shown.title} />}
      {state === 'failed' && error !== null && (
        <Problem
          title="The log of this run cannot be followed"
          text={error.message}
          detail={`${id}\n${String(error)}`}
        />
      )}
      <div className="cols">
        <Article run={shown} view={view} heardAt={heardAt} retriedBy={retriedBy} />
        <Side run={shown} view={view} />
      </div>
    </div>
  );
}

function Opening() {
  return (
    <div className="page opening">
      <output className="soft">Opening the run…</output>
    </div>
  );
}

function Missing() {
  useTitle('No such run');
  return (
    <Problem
      title="There is no such run"
      text="It may belong to another account, or it ended long ago and was cleaned up."
      href="/runs"
      action="See your runs"
    />
  );
}
