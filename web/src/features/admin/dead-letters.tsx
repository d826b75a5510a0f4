import type { DeadLetter, RetryOutcome, RunError } from '@longrun/shared';
import { useState } from 'react';
import { Link } from 'wouter';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { plural } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { errorWords } from '../run/error-words.ts';
import { Status } from '../runs/status.tsx';
import { useAdminCalls } from './calls.ts';
import { Panel } from '../../lib/panel.tsx';
import { RunIds, RunTitle } from './run-ids.tsx';
import { useReading } from '../../lib/use-reading.ts';
import { When } from '../../lib/when.tsx';

const EVERY_MS = 15_000;
const keyOf = ({ owner, run_id }: { owner: string; run_id: string }) => `${owner}/${run_id}`;

/** Failed runs of everyone, and trying them again. */
export function DeadLetters() {
  const calls = useAdminCalls();
  const { notices } = useServices();
  const letters = useReading(calls.deadLetters, EVERY_MS);
  /** Those that are being tried again now. */
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const retry = async (runs: readonly DeadLetter[], all: boolean) => {
    setBusy(new Set(runs.map(keyOf)));
    try {
      const named = runs.map(({ owner, run_id }) => ({ owner, run_id }));
      notices.add(noticeOf(await calls.retry(all ? undefined : named)));
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      notices.add({ tone: 'bad', title: 'Not tried again', text });
    }
    setBusy(new Set());
    letters.again();
  };
  const open = letters.data?.filter(({ retried_by }) => retried_by === null) ?? [];
  return (
    <Panel
      title="Dead letters"
      about="Runs that were given up. Trying one again makes a new run from its last checkpoint."
      reading={letters}
      side={
        open.length > 1 && (
          <ConfirmButton
            act="retry-all"
            quiet
            small
            label={`Retry all ${open.length}`}
            question="Retry all of them?"
            consequence={`${plural(open.length, 'run')} start again at once; the calls of their models cost again.`}
            yes="Yes, retry all"
            no="Leave them"
            onYes={() => void retry(open, true)}
          />
        )
      }
    >
      {(runs) =>
        runs.length === 0 ? (
          <p className="empty">No run was given up.</p>
        ) : (
          <ul className="rows">
            {runs.map((run) => (
              <Row
                key={keyOf(run)}
                run={run}
                busy={busy.has(keyOf(run))}
                onRetry={() => void retry([run], false)}
              />
            ))}
          </ul>
        )
      }
    </Panel>
  );
}

function Row({ run, busy, onRetry }: { run: DeadLetter; busy: boolean; onRetry: () => void }) {
  const { owner, run_id: runId, title, error, attempt, steps_done: steps } = run;
  const facts = [run.assistant_id, plural(attempt, 'attempt'), `${plural(steps, 'step')} kept`];
  return (
    <li className="row run-row" data-run={runId}>
      <Status status="failed" />
      <span className="title">
        <RunTitle owner={owner} runId={runId} title={title} />
        {error !== null && <span className="reason">{reasonOf(error)}</span>}
        <span className="soft">{facts.join(' · ')}</span>
        <RunIds owner={owner} runId={runId} />
      </span>
      <span className="end">
        {run.finished_at !== null && <When at={run.finished_at} />}
        {run.retried_by === null ? (
          <button
            type="button"
            className="small"
            disabled={busy}
            aria-label={busy ? undefined : `Retry: ${title}`}
            onClick={onRetry}
          >
            {busy ? 'Starting…' : 'Retry'}
          </button>
        ) : (
          <Onward owner={owner} runId={run.retried_by} />
        )}
      </span>
    </li>
  );
}

function reasonOf(error: RunError): string {
  const said = errorWords(error);
  return said === null ? error.message : `${said}: ${error.message}`;
}

function Onward({ owner, runId }: { owner: string; runId: string }) {
  const mine = useStore(useServices().person)?.uid === owner;
  const href = mine
    ? `/runs/${encodeURIComponent(runId)}`
    : `/admin/runs/${encodeURIComponent(owner)}/${encodeURIComponent(runId)}`;
  return <Link href={href}>Tried again</Link>;
}

function noticeOf(outcomes: readonly RetryOutcome[]) {
  const refused = outcomes.filter((outcome) => 'error' in outcome);
  const made = outcomes.length - refused.length;
  if (refused.length === 0) {
    return { tone: 'ok' as const, title: 'Tried again', text: `${plural(made, 'run')} started again.` };
  }
  const why = [...new Set(refused.map(({ error }) => error))].join(' ');
  return {
    tone: 'bad' as const,
    title: made === 0 ? 'Not tried again' : `${plural(made, 'run')} started again`,
    text: `${plural(refused.length, 'run')} did not: ${why}`,
  };
}
