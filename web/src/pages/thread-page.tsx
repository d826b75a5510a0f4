import { answerOf, EMPTY_VIEW, isActive, isId, isTerminal, messageViews, type Run } from '@longrun/shared';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useTitle } from '../app/title.ts';
import { AnswerText } from '../features/answer/answer.tsx';
import { Sources } from '../features/answer/sources.tsx';
import { Composer } from '../features/composer/composer.tsx';
import { useDraft } from '../features/composer/use-draft.ts';
import { Request } from '../features/run/request.tsx';
import { Ended } from '../features/run/ended.tsx';
import { Said } from '../features/run/said.tsx';
import { SendFailed } from '../features/run/send-failed.tsx';
import { useNow } from '../lib/clock.ts';
import { duration } from '../lib/format.ts';
import { DeleteButton } from '../features/runs/delete-button.tsx';
import { CancelButton } from '../features/runs/cancel-button.tsx';
import { useNames } from '../features/runs/graphs.ts';
import { activity, elapsed, Status } from '../features/runs/status.tsx';
import { useCancelling, useFollow, useRecent } from '../features/runs/use-runs.ts';
import { Problem } from '../lib/problem.tsx';
import type { Live } from '../lib/live/live.ts';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';
import { useLive } from '../lib/use-live.ts';

/** A conversation over several runs, the latest at the bottom, where it goes on. */
export default function ThreadPage({ id }: { id: string }) {
  if (!isId(id))
    return (
      <Problem
        title="There is no such thread"
        text="The address is not complete."
        href="/threads"
        action="See your threads"
      />
    );
  return <Conversation key={id} id={id} />;
}

function Conversation({ id }: { id: string }) {
  const { api, book, creations } = useServices();
  const { runs, loaded, error } = useThreadRuns(id);
  const [text, change] = useDraft(`thread:${id}`);
  const last = runs.at(-1);
  useTitle(runs[0]?.title ?? 'Thread');
  const busy = last !== undefined && !isTerminal(last.status);
  const send = () => {
    if (last === undefined) return;
    creations.start({
      assistant_id: last.assistant_id,
      thread_id: id,
      multitask_strategy: 'enqueue',
      input: { messages: [{ role: 'user', content: text.trim() }] },
    });
    change('');
    requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight }));
  };
  if (error !== null)
    return (
      <Problem
        title="This thread cannot be read"
        text={error.message}
        detail={String(error)}
        href="/threads"
        action="See your threads"
      />
    );
  if (loaded && runs.length === 0) {
    return (
      <Problem
        title="There is no such thread"
        text="It may belong to another account, or was cleaned up."
        href="/threads"
        action="See your threads"
      />
    );
  }
  return (
    <div className="page conversation">
      <div className="crumbs">
        <Link href="/threads">Threads</Link>
        <span aria-hidden="true">/</span>
        <code title={id}>{id.slice(0, 8)}</code>
      </div>
      <div className="headline">
        <h1 tabIndex={-1}>{runs[0]?.title ?? 'Opening the conversation…'}</h1>
        {last !== undefined && !busy && (
          <div className="acts">
            <DeleteButton
              what="conversation"
              title={runs[0]?.title ?? ''}
              href="/threads"
              remove={async () => {
                await api.deleteThread(id);
                for (const run of runs) book.remove(run.run_id);
              }}
            />
          </div>
        )}
      </div>
      {runs.map((run, i) => (
        <Turn
          key={run.run_id}
          run={run}
          n={i + 1}
          retriedBy={runs.find((one) => one.retry_of === run.run_id)?.run_id ?? null}
        />
      ))}
      {last !== undefined && (
        <div className="reply">
          <Composer
            label="Your message"
            placeholder={busy ? 'Ask a follow-up; it starts when this run has ended…' : 'Ask a follow-up…'}
            value={text}
            onChange={change}
            onSend={send}
            action={busy ? 'Ask next' : 'Ask'}
            rows={1}
          />
        </div>
      )}
    </div>
  );
}

function Turn({ run, n, retriedBy }: { run: Run; n: number; retriedBy: string | null }) {
  const { book, creations } = useServices();
  const creation = useStore(creations.open).get(run.run_id);
  useEffect(() => book.look(run.run_id), [book, run.run_id]);
  return (
    <section className="turn" aria-label={`Request ${n}: ${run.title}`}>
      <Request input={run.input} />
      {isTerminal(run.status) ? <StoredAnswer run={run} /> : <LiveAnswer run={run} />}
      {creation?.state === 'failed' && <SendFailed creation={creation} title={run.title} />}
      <Ended run={run} view={EMPTY_VIEW} retriedBy={retriedBy} />
      <TurnFoot run={run} />
    </section>
  );
}

function LiveAnswer({ run }: { run: Run }) {
  const { view } = useFollow(run.run_id);
  return <Said run={run} answer={answerOf(view)} events={view.events} />;
}

function StoredAnswer({ run }: { run: Run }) {
  const answer = useMemo(
    () => messageViews(run.messages).filter(({ type, text }) => type === 'ai' && text !== ''),
    [run.messages],
  );
  return (
    <>
      {answer.map((message) => (
        <AnswerText key={message.id} message={message} sources={run.sources} />
      ))}
      {run.sources.length > 0 && (
        <details className="turn-sources">
          <summary>{run.sources.length} sources</summary>
          <Sources sources={run.sources} />
        </details>
      )}
    </>
  );
}

function TurnFoot({ run }: { run: Run }) {
  const names = useNames(run.assistant_id);
  const cancelling = useCancelling(run);
  const live = isActive(run.status);
  const now = useNow(live);
  const doing = activity(run, names.step);
  return (
    <p className="facts">
      <Status status={run.status} cancelling={cancelling} />
      <span className="num">{duration(elapsed(run, now), live)}</span>
      <Link href={`/runs/${run.run_id}`}>Steps and details</Link>
      {live && <CancelButton run={run} small />}
      {live && doing !== '' && <span>{doing}</span>}
    </p>
  );
}

function useThreadRuns(id: string): { runs: Run[]; loaded: boolean; error: Error | null } {
  const { book } = useServices();
  const [ids, setIds] = useState<string[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const recent = useRecent();
  const listen = useCallback(
    (live: Live) =>
      live.watchRuns(
        { thread_id: id },
        {
          next(page) {
            for (const run of page.runs) book.put(run);
            setIds(page.runs.map((run) => run.run_id));
          },
          error: setError,
        },
      ),
    [book, id],
  );
  useLive(listen, setError);
  // What was asked a moment ago is shown before the server lists it.
  const own = (recent ?? []).filter((run) => run.thread_id === id).map((run) => run.run_id);
  const all = [...new Set([...(ids ?? []), ...own])].flatMap((runId) => book.get(runId) ?? []);
  const runs = all.sort((a, b) => a.created_at.localeCompare(b.created_at));
  return { runs, loaded: ids !== null, error };
}
