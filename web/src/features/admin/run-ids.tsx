import { Link } from 'wouter';
import { CopyButton } from '../../lib/copy-button.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';

/** Whose run it is, and the ways to it: the page of one's own, of others only where their time went. */
export function RunIds({ owner, runId }: { owner: string; runId: string }) {
  const mine = useStore(useServices().person)?.uid === owner;
  return (
    <span className="ids">
      <span className="soft">
        {mine ? 'yours' : 'of'} {!mine && <code title={owner}>{short(owner)}</code>}
      </span>
      <CopyButton text={`users/${owner}/runs/${runId}`} label="Copy path" />
      <Link href={`/admin/runs/${encodeURIComponent(owner)}/${encodeURIComponent(runId)}`}>
        Where the time went
      </Link>
    </span>
  );
}

/** The title leads to the run when the admin may read it. */
export function RunTitle({ owner, runId, title }: { owner: string; runId: string; title: string }) {
  const mine = useStore(useServices().person)?.uid === owner;
  return mine ? <Link href={`/runs/${encodeURIComponent(runId)}`}>{title}</Link> : <b>{title}</b>;
}

export function short(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}
