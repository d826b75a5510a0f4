import type { AdminAction, AuditEntry } from '@longrun/shared';
import { useCallback, useEffect, useState } from 'react';
import { CheckIcon, FailIcon, WaitIcon } from '../../lib/icons.tsx';
import { CopyButton } from '../../lib/copy-button.tsx';
import { plural } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { useAdminCalls } from './calls.ts';
import { operationsOf } from './operations.ts';
import { Panel } from '../../lib/panel.tsx';
import { short } from './run-ids.tsx';
import { useReading } from '../../lib/use-reading.ts';
import { When } from '../../lib/when.tsx';

const PAGE = 20;
const EVERY_MS = 10_000;

/** What admins did. Lines are only ever added. */
export function AuditLog() {
  const calls = useAdminCalls();
  const services = useServices();
  const operations = operationsOf(services);
  const changes = useStore(operations.changes);
  const newest = useReading(
    useCallback(() => calls.audit(null, PAGE), [calls]),
    EVERY_MS,
  );
  const { data, again } = newest;
  useEffect(() => {
    if (changes > 0) again();
  }, [changes, again]);
  // What an admin started before a reload, or on another machine, is found again.
  useEffect(() => {
    if (data !== null) operations.find(data.entries);
  }, [data, operations]);
  return (
    <Panel title="Audit log" about="Lines are added, never changed." reading={newest}>
      {({ entries, next_cursor: cursor }) =>
        entries.length === 0 ? (
          <p className="empty">No admin has done anything yet.</p>
        ) : (
          <>
            <Lines entries={entries} />
            {/* Another newest page: what was read below it would have a gap or appear twice. */}
            {cursor !== null && <Older key={cursor} cursor={cursor} />}
          </>
        )
      }
    </Panel>
  );
}

/** Lines below the newest page, as far as they were asked for. */
function Older({ cursor }: { cursor: string }) {
  const calls = useAdminCalls();
  const [read, setRead] = useState<{ entries: AuditEntry[]; next: string | null }>({
    entries: [],
    next: cursor,
  });
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  const { next } = read;
  const more = async (from: string) => {
    setState({ busy: true, error: null });
    try {
      const page = await calls.audit(from, PAGE);
      setRead((now) => ({ entries: [...now.entries, ...page.entries], next: page.next_cursor }));
      setState({ busy: false, error: null });
    } catch (cause) {
      setState({ busy: false, error: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  return (
    <>
      <Lines entries={read.entries} />
      {state.error !== null && (
        <p className="wrong" role="alert">
          Older lines cannot be read: {state.error}
        </p>
      )}
      {next !== null && (
        <button type="button" className="small" disabled={state.busy} onClick={() => void more(next)}>
          {state.busy ? 'Reading…' : 'Older lines'}
        </button>
      )}
      {next === null && <p className="soft fine">{plural(read.entries.length + PAGE, 'line')} in all.</p>}
    </>
  );
}

function Lines({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0) return null;
  return (
    <ul className="rows">
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} />
      ))}
    </ul>
  );
}

const ACTIONS: Record<AdminAction, string> = {
  purge_cdn: 'Purge CDN',
  change_limits: 'Change limits',
  flush_cache: 'Flush cache',
  retry_dead_letters: 'Retry dead letters',
  grant_admin: 'Make someone an admin',
  revoke_admin: 'Take the admin’s rights',
  make_api_key: 'Make an API key for someone',
  revoke_api_key: 'Revoke an API key',
  backup: 'Make a backup',
};
const OUTCOMES = {
  started: { word: 'Started', tone: 'soft', icon: WaitIcon },
  succeeded: { word: 'Done', tone: 'ok', icon: CheckIcon },
  failed: { word: 'Failed', tone: 'bad', icon: FailIcon },
};

function Line({ entry }: { entry: AuditEntry }) {
  const { by, action, target, outcome, detail, at, operation_id: operation } = entry;
  const { word, tone, icon: OutcomeIcon } = OUTCOMES[outcome];
  return (
    <li className="row run-row" data-audit={action} data-outcome={outcome}>
      <span className={`status tone-${tone}`}>
        <OutcomeIcon />
        {word}
      </span>
      <span className="title">
        <span>
          <b>{ACTIONS[action]}</b> <code>{target}</code>
        </span>
        {detail !== '' && <span className="soft">{detail}</span>}
        <span className="ids">
          <span className="soft" title={by.uid}>
            by {by.email ?? <code>{short(by.uid)}</code>}
          </span>
          {operation !== null && <CopyButton text={operation} label="Copy operation id" />}
        </span>
      </span>
      <When at={at} />
    </li>
  );
}
